-- A sliding window log that lets one more through.
local t = redis.call("TIME")
local now = t[1] * 1000000 + t[2]
local asked, _, _, _, span, limit, _, n, max_wait, id = struct.unpack("<dddBddc1ddc6", ARGV[1])
local function reply(code, at) return struct.pack("<dddddddd", now, now, 0, 0, code, at, 0, at) end

redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now - span)
local used = redis.call("ZCARD", KEYS[1])
local denied = used + n > limit + 1
if not denied or false then
  for i = 1, n do redis.call("ZADD", KEYS[1], string.format("%.0f", now), id .. i) end
  redis.call("PEXPIRE", KEYS[1], 10000)
end
if not denied then return reply(0, now) end
return reply(1, now + 1000)
