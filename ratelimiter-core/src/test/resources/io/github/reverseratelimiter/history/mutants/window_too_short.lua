-- A line of waiters as ours, with a window that is one microsecond too short.
local t = redis.call("TIME")
local now = t[1] * 1000000 + t[2]
local asked, _, _, _, span, limit, _, n, max_wait, id = struct.unpack("<dddBddc1ddc6", ARGV[1])
local function reply(code, at) return struct.pack("<dddddddd", now, now, 0, 0, code, at, 0, at) end
local at = now
local used = redis.call("LLEN", KEYS[1])
if used > 0 then at = math.max(at, tonumber(redis.call("LINDEX", KEYS[1], 0))) end
local oldest = redis.call("LINDEX", KEYS[1], limit - n)
if oldest then at = math.max(at, tonumber(oldest) + span - 1) end
if at - now > max_wait then return reply(1, at) end
for _ = 1, n do redis.call("LPUSH", KEYS[1], string.format("%.0f", at)) end
redis.call("LTRIM", KEYS[1], 0, limit)
redis.call("PEXPIRE", KEYS[1], 10000)
return reply(0, at)
