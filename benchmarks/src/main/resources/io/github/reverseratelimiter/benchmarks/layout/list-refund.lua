--[[ Candidate "LIST of times", refund: drops the newest credit of exactly one logical time.

KEYS     as in list-take.lua     ARGV  1 logical time   then limit, window for each window (one credit in a slot only)
Reply    credits dropped
]]
local call, pack, unpack_ = redis.call, struct.pack, struct.unpack
local head = call('GET', KEYS[1])
if not head then return 0 end
local windows = (#ARGV - 1) / 2
local total, top = unpack_('<dd', head, 36)
local hots, new_top = '', 0
for i = 1, windows do
  local list, limit = KEYS[i + 1], tonumber(ARGV[2 * i])
  local length, first_time = unpack_('<dd', head, 44 + 16 * i)
  local span = unpack_('<d', head, 48 + 16 * windows + 12 * i)
  if call('LREM', list, -1, ARGV[1]) == 0 then return 0 end
  new_top = tonumber(call('LINDEX', list, -1) or 0)
  if total > length and length >= limit then
    first_time = math.min(first_time, top - span)
    call('LPUSH', list, first_time)
  else
    length = length - 1
    if first_time == tonumber(ARGV[1]) then first_time = tonumber(call('LINDEX', list, 0) or 0) end
  end
  hots = hots .. pack('<dd', length, first_time)
end
call('SETRANGE', KEYS[1], '35', pack('<dd', total - 1, new_top) .. string.sub(head, 52, 59) .. hots)
return 1
