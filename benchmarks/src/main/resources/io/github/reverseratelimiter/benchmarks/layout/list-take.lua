--[[ Candidate "LIST of times", take: the header in a string of its own, a LIST of times for each window.

KEYS[1]  the header    KEYS[2..]  the lists, one for each window
ARGV, reply, invariants  as in string-take.lua
Lists hold the slots inside the window only: what has left it is popped by the next grant.
Header   as in string-take.lua; the hot part of each window is 'dd' length, t(first element); Windows '<dI4' span, credits in a slot
]]

local call, ceil, max, min, sub = redis.call, math.ceil, math.max, math.min, string.sub
local pack, unpack_ = struct.pack, struct.unpack
local key = KEYS[1]
local clock = call('TIME')
local now = tonumber(ARGV[1]) or clock[1] * 1000000 + clock[2]
local n, longest, id = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local windows = (#ARGV - 4) / 2
local ids_at = 59 + windows * 28
local head = call('GET', key)

local adj, not_before, held, expiry, id_at, total, top, last = 0, 0, 0, 0, 0, 0, 0, 0
if head then
  local _
  _, _, adj, not_before, held, expiry, id_at, total, top, last = unpack_('<BBddddBddd', head)
end

now = now + adj
local stepped = now < last
if stepped then
  adj = adj + last - now
  now = last
end

local seen = head and id ~= '' and string.find(head, id, ids_at + 1, true)
while seen and (seen - ids_at) % 13 ~= 1 do
  seen = string.find(head, id, seen + 1, true)
end

local c = total + n
local at = max(now, top, not_before)
local remaining = 1e15
local state = {}
for i = 1, windows do
  local list, limit, span = KEYS[i + 1], tonumber(ARGV[3 + 2 * i]), tonumber(ARGV[4 + 2 * i])
  local q = ceil(limit / 4064)
  local full = q == 1 and limit or ceil(limit / q) + 1
  local length, first_time, drop = 0, 0, 0
  if head then
    length, first_time = unpack_('<dd', head, 44 + 16 * i)
  end
  local newest, horizon = ceil(total / q), now - span
  if length == 0 or top <= horizon then
    drop = length
  elseif first_time <= horizon then
    -- element `low` has left the window, the last one has not
    local low, step = 0, 1
    local high = min(1, length - 1)
    local high_time = tonumber(call('LINDEX', list, high))
    while high_time <= horizon do
      low, step = high, step * 2
      high = min(low + step, length - 1)
      high_time = tonumber(call('LINDEX', list, high))
    end
    while high - low > 1 do
      local middle = math.floor((low + high) / 2)
      local t = tonumber(call('LINDEX', list, middle))
      if t <= horizon then low = middle else high, high_time = middle, t end
    end
    drop, first_time = high, high_time
  end
  if c > limit then
    local index = ceil((c - limit) / q) - (newest - length + 1)
    if index >= drop then
      at = max(at, (index == drop and first_time or tonumber(call('LINDEX', list, index))) + span)
    end
  end
  remaining = min(remaining, limit - total + (newest - length + drop) * q)
  state[i] = { limit, span, q, full, length, drop, first_time, newest }
end

if seen then
  return { now, 2, unpack_('<I7', head, seen + 6), max(0, remaining), at }
end
if at - now > longest then
  if stepped and head then
    call('SETRANGE', key, '2', pack('<d', adj))
  end
  return { now, 1, at, max(0, remaining), at }
end

remaining = 1e15
local after, lapse = at, 0
local hots, colds = {}, {}
for i = 1, windows do
  local w = state[i]
  local list, limit, span, q, full, length, drop, first_time, newest =
    KEYS[i + 1], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8]
  local top_slot = ceil(c / q)
  local fresh = top_slot - newest
  if total % q ~= 0 then
    if length > 0 then
      call('LSET', list, -1, at)
      if drop == length then drop = length - 1 end
    else
      fresh = fresh + 1
    end
  end
  local dropped = drop
  drop = max(drop, length + fresh - full)
  if fresh == 1 then
    call('RPUSH', list, at)
  else
    while fresh > 0 do
      local many = {}
      for j = 1, min(fresh, 4000) do many[j] = at end
      call('RPUSH', list, unpack(many))
      length, fresh = length + #many, fresh - #many
    end
  end
  length = length + fresh - drop
  if drop == 1 then
    call('LPOP', list)
  elseif drop > 1 then
    call('LPOP', list, drop)
  end
  if length <= ceil(n / q) then
    first_time = at
  elseif drop > dropped then
    first_time = tonumber(call('LINDEX', list, 0))
  end
  lapse = max(lapse, span)
  local first = top_slot - length + 1
  remaining = min(remaining, limit - c + (first - 1) * q)
  if c + 1 > limit then
    local index = ceil((c + 1 - limit) / q) - first
    if index >= 0 then
      local t = index == 0 and first_time or tonumber(call('LINDEX', list, index))
      after = max(after, t + span)
    end
  end
  hots[2 * i - 1], hots[2 * i] = length, first_time
  colds[i] = head and '' or pack('<dI4', span, q)
end
local ttl
if at + lapse > expiry then
  expiry = max(at + lapse, not_before) + lapse / 4 + 1000000
  ttl = ceil((expiry - now) / 1000)
end
local hot = pack('<Bddd', (id_at + 1) % 8, c, at, now)
if windows == 1 then
  hot = hot .. pack('<dd', hots[1], hots[2])
else
  for i = 1, #hots do hot = hot .. pack('<d', hots[i]) end
end
local identity = id .. pack('<I7', at)
if not head then
  call('SET', key, pack('<BBdddd', 1, windows, adj, not_before, held, expiry) .. hot .. table.concat(colds)
    .. identity .. string.rep('\0', 91), 'PX', ttl)
else
  if ttl or stepped then
    call('SETRANGE', key, '2', pack('<dddd', adj, not_before, held, expiry) .. hot)
  else
    call('SETRANGE', key, '34', hot)
  end
  call('SETRANGE', key, ids_at + id_at * 13, identity)
end
if ttl then
  for i = head and 1 or 2, windows + 1 do call('PEXPIRE', KEYS[i], ttl) end
end
return { now, 0, at, max(0, remaining), after }
