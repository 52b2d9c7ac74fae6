--[[ Yardstick: the least that a sliding window log in a sorted set can do. One window, one credit, a number for an answer.

KEYS[1]  the sorted set
ARGV     time (as a test hands it in), window, limit, a new member, window in milliseconds
Reply    credits left, -1 if denied
]]
local clock = redis.call('TIME')
local now = tonumber(ARGV[1]) or clock[1] * 1000000 + clock[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, now - ARGV[2])
local count = redis.call('ZCARD', KEYS[1])
if count < tonumber(ARGV[3]) then
  redis.call('ZADD', KEYS[1], now, ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  return ARGV[3] - count - 1
end
return -1
