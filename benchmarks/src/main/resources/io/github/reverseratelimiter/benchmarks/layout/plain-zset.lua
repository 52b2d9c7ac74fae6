--[[ Yardstick: the sliding window log as it is usually written. No waiting, no remaining beyond the count, one window after the other.

KEYS     one sorted set for each window
ARGV     as in string-take.lua; the identity makes the member unique
Reply    now, code (0 granted, 1 denied), at, remaining, next
]]
local clock = redis.call('TIME')
local now = tonumber(ARGV[1]) or clock[1] * 1000000 + clock[2]
local stamp = string.format('%.0f', now)
local remaining = 1e15
for i, key in ipairs(KEYS) do
  local limit, span = tonumber(ARGV[3 + 2 * i]), tonumber(ARGV[4 + 2 * i])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - span)
  local count = redis.call('ZCARD', key)
  if count + ARGV[2] > limit then
    return { now, 1, now, limit - count, now }
  end
  remaining = math.min(remaining, limit - count - ARGV[2])
end
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, stamp, ARGV[4] .. stamp)
  redis.call('PEXPIRE', key, math.ceil(ARGV[4 + 2 * i] / 1000))
end
return { now, 0, now, remaining, now }
