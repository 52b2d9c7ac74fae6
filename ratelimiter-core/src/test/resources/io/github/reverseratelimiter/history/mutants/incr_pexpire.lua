-- INCR, and PEXPIRE by the first: the recipe of many a blog.
local t = redis.call("TIME")
local now = t[1] * 1000000 + t[2]
local span, limit, n = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[8])
local function reply(code, at) return { now, now, 0, 0, code, at, 0, at } end
local used = redis.call("INCRBY", KEYS[1], n)
if used == n then redis.call("PEXPIRE", KEYS[1], math.floor(span / 1000)) end
if used > limit then return reply(1, now + 1000) end
return reply(0, now)
