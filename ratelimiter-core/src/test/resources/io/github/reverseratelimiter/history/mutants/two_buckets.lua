-- The "sliding window counter": the count of this window of the calendar, and that of the last by its part in sight.
local t = redis.call("TIME")
local now = t[1] * 1000000 + t[2]
local asked, _, _, _, span, limit, _, n, max_wait, id = struct.unpack("<dddBddc1ddc6", ARGV[1])
local function reply(code, at) return struct.pack("<dddddddd", now, now, 0, 0, code, at, 0, at) end
local window = math.floor(now / span)
local known = redis.call("HMGET", KEYS[1], "window", "used", "before")
local used, before = 0, 0
if tonumber(known[1]) == window then
  used, before = tonumber(known[2]), tonumber(known[3])
elseif tonumber(known[1]) == window - 1 then
  before = tonumber(known[2])
end
if used + before * (1 - (now / span - window)) + n > limit then return reply(1, now + 1000) end
redis.call("HSET", KEYS[1], "window", string.format("%.0f", window), "used", used + n, "before", before)
redis.call("PEXPIRE", KEYS[1], 10000)
return reply(0, now)
