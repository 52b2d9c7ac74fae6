-- INCR, and PEXPIRE by the first: the recipe of many a blog.
local t = redis.call("TIME")
local now = t[1] * 1000000 + t[2]
local asked, _, _, _, span, limit, _, n, max_wait, id = struct.unpack("<dddBddc1ddc6", ARGV[1])
local function reply(code, at) return struct.pack("<dddddddd", now, now, 0, 0, code, at, 0, at) end
local used = redis.call("INCRBY", KEYS[1], n)
if used == n then redis.call("PEXPIRE", KEYS[1], math.floor(span / 1000)) end
if used > limit then return reply(1, now + 1000) end
return reply(0, now)
