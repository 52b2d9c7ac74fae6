--[[ Candidate "string ring", take: one key for all windows of a limiter key.

KEYS[1]  the state: header, identities, one descriptor and one ring for each window
ARGV     1 logical time (microseconds) or '' for the server's clock   2 credits   3 longest wait   4 identity (6 bytes)
         then limit, window (microseconds) for each window
Reply    now, code (0 granted, 1 denied, 2 seen before), at, remaining, next
Invariants  t(j + limit) >= t(j) + window. A denial writes nothing, unless the clock stepped back. The key has a TTL on every path that writes.

The first bytes, up to HEAD, are read as one piece, ring slots among them, if the ring is that near (256 hold the header of
up to three windows). Written is only what changed: a fresh Lua string of some hundred bytes costs as much as a redis.call
(allocation, and the collector's work for it). LayoutBakeOff replaces the figure.

Cold     0: '<BBdddd'  version, windows, adj, not_before, held, expiry
Hot     34: '<Bddd'    next identity, total, top = t(total), last, then for each window 'dd' first, t(first)
         `first`: slots below it have left the window, or were overwritten. With its time, remaining, next and a denial need
         no slot at all, a grant one.
Windows  for each '<dI2I4' span, slots, credits in a slot
Identities  8 x (6 + 7 bytes)
Rings    8 bytes a slot; slot s stands at (s - 1) % slots
]]
local HEAD = '255'         -- the last byte read
local WINDOWS = 59

local call, ceil, min, sub, floor = redis.call, math.ceil, math.min, string.sub, math.floor
local pack, unpack_ = struct.pack, struct.unpack
local key = KEYS[1]
local n, longest, id = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local windows = (#ARGV - 4) / 2
local ids_at = WINDOWS + windows * 30
local clock = call('TIME')
local now = tonumber(ARGV[1]) or clock[1] * 1000000 + clock[2]
local head = call('GETRANGE', key, '0', HEAD)
local size = #head

local adj, not_before, held, expiry, id_at, total, top, last = 0, 0, 0, 0, 0, 0, 0, 0
if size > 0 then
  local _
  _, _, adj, not_before, held, expiry, id_at, total, top, last = unpack_('<BBddddBddd', head)
end

now = now + adj
local stepped = now < last
if stepped then
  adj = adj + last - now
  now = last
end

local seen = string.find(head, id, ids_at + 1, true)
while seen and (seen - ids_at) % 13 ~= 1 do
  seen = string.find(head, id, seen + 1, true)
end
if seen and (id == '' or seen > ids_at + 104) then seen = nil end

local c = total + n
local at = now
if top > at then at = top end
if not_before > at then at = not_before end
local remaining = 1e15
local offset = ids_at + 104
local state = {}
for i = 1, windows do
  local limit, span = tonumber(ARGV[3 + 2 * i]), tonumber(ARGV[4 + 2 * i])
  local q = limit <= 4064 and 1 or ceil(limit / 4064)
  local full = q == 1 and limit or ceil(limit / q) + 1
  local slots, first, first_time = full < 8 and full or 8, 1, 0
  if size > 0 then
    first, first_time = unpack_('<dd', head, 44 + 16 * i)
    local _
    _, slots = unpack_('<dI2', head, WINDOWS + 16 * windows + 14 * i - 13)
  end
  local newest, horizon = q == 1 and total or ceil(total / q), now - span
  if top <= horizon then
    first = newest + 1
  elseif first_time <= horizon then
    -- slot `low` has left the window, `newest` has not: gallop, then halve
    local low, step = first, 1
    if newest - slots > low then low = newest - slots end
    local high, high_time
    repeat
      high = low + step
      if high >= newest then
        high = newest
        high_time = top
      else
        local p = offset + (high - 1) % slots * 8
        if p + 8 <= size then
          high_time = unpack_('<d', head, p + 1)
        else
          high_time = unpack_('<d', call('GETRANGE', key, p, p + 7))
        end
        if high_time <= horizon then low, step = high, step * 2 end
      end
    until high_time > horizon
    while high - low > 1 do
      local middle = floor((low + high) / 2)
      local p = offset + (middle - 1) % slots * 8
      local t = unpack_('<d', call('GETRANGE', key, p, p + 7))
      if t <= horizon then low = middle else high, high_time = middle, t end
    end
    first, first_time = high, high_time
  end
  if c > limit then
    local s, t = q == 1 and c - limit or ceil((c - limit) / q), nil
    if s == first then
      t = first_time + span
    elseif s > first then
      local p = offset + (s - 1) % slots * 8
      t = unpack_('<d', call('GETRANGE', key, p, p + 7)) + span
    end
    if t and t > at then at = t end
  end
  local left = limit - total + (first - 1) * q
  if left < remaining then remaining = left end
  state[i] = { limit, span, q, full, slots, first, first_time, offset, 0, 0, 0 }
  offset = offset + slots * 8
end

if remaining < 0 then remaining = 0 end
if seen then
  return { now, 2, unpack_('<I7', head, seen + 6), remaining, at }
end

if at - now > longest then
  if stepped and size > 0 then
    call('SETRANGE', key, '2', pack('<d', adj))
  end
  return { now, 1, at, remaining, at }
end

-- granted, now or for `at`
remaining = 1e15
local after, lapse, grow = at, 0, size == 0
for i = 1, windows do
  local w = state[i]
  local limit, span, q, slots, first, first_time = w[1], w[2], w[3], w[5], w[6], w[7]
  local s1, s2 = total + 1, c
  if q > 1 then s1, s2 = ceil(s1 / q), ceil(s2 / q) end
  if first >= s1 then
    first, first_time = s1, at
  end
  while slots < w[4] and s2 - first >= slots do
    slots, grow = min(slots * 2, w[4]), true
  end
  local oldest = s2 - slots + 1
  if first < oldest then
    first = oldest
    if first >= s1 then
      first_time = at
    else
      local p = w[8] + (first - 1) % w[5] * 8
      if p + 8 <= size then
        first_time = unpack_('<d', head, p + 1)
      else
        first_time = unpack_('<d', call('GETRANGE', key, p, p + 7))
      end
    end
  end
  if span > lapse then lapse = span end
  local left = limit - c + (first - 1) * q
  if left < remaining then remaining = left end
  if c + 1 > limit then
    local s, t = q == 1 and c + 1 - limit or ceil((c + 1 - limit) / q), nil
    if s == first then
      t = first_time + span
    elseif s >= s1 then
      t = at + span
    elseif s > first then
      local p = w[8] + (s - 1) % w[5] * 8
      t = unpack_('<d', call('GETRANGE', key, p, p + 7)) + span
    end
    if t and t > after then after = t end
  end
  w[6], w[7], w[9], w[10], w[11] = first, first_time, slots, s1, s2
end
if remaining < 0 then remaining = 0 end
local ttl
if at + lapse > expiry or grow then
  expiry = math.max(at + lapse, not_before) + lapse / 4 + 1000000
  ttl = ceil((expiry - now) / 1000)
end
local hot
if windows == 1 then
  hot = pack('<Bddddd', (id_at + 1) % 8, c, at, now, state[1][6], state[1][7])
else
  local parts = { pack('<Bddd', (id_at + 1) % 8, c, at, now) }
  for i = 1, windows do parts[i + 1] = pack('<dd', state[i][6], state[i][7]) end
  hot = table.concat(parts)
end
local identity = id .. pack('<I7', at)
local bytes = pack('<d', at)

if grow then
  -- laid anew, with larger rings: slots keep their numbers, their places change
  local old = size > 0 and call('GETRANGE', key, 0, -1) or ''
  local ids = size > 0 and sub(old, ids_at + 1, ids_at + 104) or string.rep('\0', 104)
  local parts = { pack('<BBdddd', 1, windows, adj, not_before, held, expiry), hot }
  for i = 1, windows do
    local w = state[i]
    parts[i + 2] = pack('<dI2I4', w[2], w[9], w[3])
  end
  parts[windows + 3] = sub(ids, 1, id_at * 13) .. identity .. sub(ids, id_at * 13 + 14)
  for i = 1, windows do
    local w = state[i]
    local base, before, slots, s1, s2 = w[8], w[5], w[9], w[10], w[11]
    local ring = {}
    for p = 1, slots do ring[p] = '\0\0\0\0\0\0\0\0' end
    for s = math.max(w[6], s2 - slots + 1), s1 - 1 do
      local p = base + (s - 1) % before * 8
      ring[(s - 1) % slots + 1] = sub(old, p + 1, p + 8)
    end
    for s = math.max(s1, s2 - slots + 1), s2 do ring[(s - 1) % slots + 1] = bytes end
    parts[windows + 3 + i] = table.concat(ring)
  end
  call('SET', key, table.concat(parts), 'PX', ttl)
  return { now, 0, at, remaining, after }
end

if ttl or stepped then
  call('SETRANGE', key, '2', pack('<dddd', adj, not_before, held, expiry) .. hot)
else
  call('SETRANGE', key, '34', hot)
end
call('SETRANGE', key, ids_at + id_at * 13, identity)
for i = 1, windows do
  local w = state[i]
  local slots, s1, s2 = w[5], w[10], w[11]
  if s1 == s2 then
    call('SETRANGE', key, w[8] + (s1 - 1) % slots * 8, bytes)
  else
    local s = s1
    while s <= s2 do
      local place = (s - 1) % slots
      local run = min(s2 - s + 1, slots - place)
      call('SETRANGE', key, w[8] + place * 8, string.rep(bytes, run))
      s = s + run
    end
  end
end
if ttl then call('PEXPIRE', key, ttl) end
return { now, 0, at, remaining, after }
