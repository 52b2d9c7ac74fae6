--[[ Candidate "string ring", refund: drops the newest credit of exactly one logical time; the later ones move down.

KEYS[1]  the state     ARGV  1 logical time   then limit, window for each window (rings with one credit in a slot only)
Reply    credits dropped
Only the slots after the credit are read and written: from the first one that is later, which is found by halves.
Invariant  a time that fell out of a full ring and is asked for again is bounded by min(oldest known, t(newest) - window): the
           bound is written into the slot that falls free, so that no later read meets an unknown time.
]]
local WINDOWS = 59
local call, sub, pack, unpack_ = redis.call, string.sub, struct.pack, struct.unpack
local ceil, min, max = math.ceil, math.min, math.max
local key, at = KEYS[1], tonumber(ARGV[1])
local windows = (#ARGV - 1) / 2
local offset = WINDOWS + windows * 30 + 104
local head = call('GETRANGE', key, '0', offset - 1)
if head == '' then return 0 end
local total, top = unpack_('<dd', head, 36)
if at > top or total == 0 then return 0 end

local hot, new_top = {}, top
for i = 1, windows do
  local limit = tonumber(ARGV[2 * i])
  local first, first_time = unpack_('<dd', head, 44 + 16 * i)
  local span, slots = unpack_('<dI2', head, WINDOWS + 16 * windows + 14 * i - 13)
  local oldest = max(1, total - slots + 1)
  -- the last slot whose time is not later than `at`
  local low, high, low_time = oldest - 1, total, nil
  while low < high do
    local middle = ceil((low + high) / 2)
    local p = offset + (middle - 1) % slots * 8
    local t = unpack_('<d', call('GETRANGE', key, p, p + 7))
    if t <= at then low, low_time = middle, t else high = middle - 1 end
  end
  if low_time ~= at then return 0 end
  local p = offset + (oldest - 1) % slots * 8
  local oldest_time = unpack_('<d', call('GETRANGE', key, p, p + 7))
  local bound = max(0, min(oldest_time, top - span))
  local freed = pack('<d', bound)
  -- moves the slots low + 1 .. total down by one; the ring may end between them
  local from, to = (low - 1) % slots, (total - 1) % slots
  local later = ''
  if low < total then
    if from < to then
      later = call('GETRANGE', key, offset + from * 8 + 8, offset + to * 8 + 7)
    else
      if from < slots - 1 then later = call('GETRANGE', key, offset + from * 8 + 8, offset + slots * 8 - 1) end
      later = later .. call('GETRANGE', key, offset, offset + to * 8 + 7)
    end
  end
  local moved = later .. freed
  local fit = (slots - from) * 8
  if #moved <= fit then
    call('SETRANGE', key, offset + from * 8, moved)
  else
    call('SETRANGE', key, offset + from * 8, sub(moved, 1, fit))
    call('SETRANGE', key, offset, sub(moved, fit + 1))
  end
  if low == total then
    local q = offset + (total - 2) % slots * 8
    new_top = total > 1 and slots > 1 and unpack_('<d', call('GETRANGE', key, q, q + 7)) or total > 1 and bound or 0
  else
    new_top = top
  end
  if low < first then
    first = first - 1
  elseif total > slots and slots >= limit and first == oldest then
    first, first_time = total - slots, bound
  elseif first == low then
    first_time = low < total and unpack_('<d', moved) or 0
  end
  hot[i + 1] = pack('<dd', first, first_time)
  offset = offset + slots * 8
end
hot[1] = pack('<dd', total - 1, new_top) .. sub(head, 52, 59)
call('SETRANGE', key, '35', table.concat(hot))
return 1
