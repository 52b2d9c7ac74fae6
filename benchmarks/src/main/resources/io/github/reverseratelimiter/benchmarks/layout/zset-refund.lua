--[[ Candidate "ZSET of times", refund: drops the newest credit of exactly one logical time.

KEYS     as in zset-take.lua     ARGV  1 logical time   then limit, window for each window (one credit in a slot only)
Reply    credits dropped
]]
local call, pack, unpack_ = redis.call, struct.pack, struct.unpack
local head = call('GET', KEYS[1])
if not head then return 0 end
local windows = (#ARGV - 1) / 2
local total, top, last, member = unpack_('<dddd', head, 36)
local hots, new_top = '', 0
for i = 1, windows do
  local set, limit = KEYS[i + 1], tonumber(ARGV[2 * i])
  local members = unpack_('<d', head, 60 + 8 * i)
  local span = unpack_('<d', head, 56 + 8 * windows + 12 * i)
  local found = call('ZRANGE', set, ARGV[1], ARGV[1], 'BYSCORE', 'REV', 'LIMIT', 0, 1)
  if not found[1] then return 0 end
  local oldest = members >= limit and call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
  call('ZREM', set, found[1])
  new_top = tonumber(call('ZRANGE', set, -1, -1, 'WITHSCORES')[2] or 0)
  if total > members and members >= limit then
    call('ZADD', set, math.min(tonumber(oldest), top - span), string.format('r%.0f-%.0f', member, total))
  else
    members = members - 1
  end
  hots = hots .. pack('<d', members)
end
call('SETRANGE', KEYS[1], '35', pack('<dddd', total - 1, new_top, last, member) .. hots)
return 1
