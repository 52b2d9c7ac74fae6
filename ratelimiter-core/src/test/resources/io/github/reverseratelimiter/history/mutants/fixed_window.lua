-- A counter for each window of the calendar.
local t = redis.call("TIME")
local now = t[1] * 1000000 + t[2]
local asked, _, _, _, span, limit, _, n, max_wait, id = struct.unpack("<dddBddc1ddc6", ARGV[1])
local function reply(code, at) return struct.pack("<dddddddd", now, now, 0, 0, code, at, 0, at) end
local window = math.floor(now / span)
local known = redis.call("HMGET", KEYS[1], "window", "used")
local used = tonumber(known[1]) == window and tonumber(known[2]) or 0
if used + n > limit then return reply(1, (window + 1) * span) end
redis.call("HSET", KEYS[1], "window", string.format("%.0f", window), "used", used + n)
redis.call("PEXPIRE", KEYS[1], 10000)
return reply(0, now)
