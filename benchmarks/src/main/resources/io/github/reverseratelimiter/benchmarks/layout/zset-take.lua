--[[ Candidate "ZSET of times", take: the header in a string of its own, a ZSET (score: time, member: number) for each window.

KEYS[1]  the header    KEYS[2..]  the sorted sets, one for each window
ARGV, reply, invariants  as in string-take.lua
Header   as in string-take.lua; the hot part has the number of the next member too, and of each window 'd' members; Windows '<dI4'
         span, credits in a slot
]]

local call, ceil, max, min, sub = redis.call, math.ceil, math.max, math.min, string.sub
local pack, unpack_, format = struct.pack, struct.unpack, string.format
local key = KEYS[1]
local clock = call('TIME')
local now = tonumber(ARGV[1]) or clock[1] * 1000000 + clock[2]
local n, longest, id = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local windows = (#ARGV - 4) / 2
local ids_at = 67 + windows * 20
local head = call('GET', key)

local adj, not_before, held, expiry, id_at, total, top, last, member = 0, 0, 0, 0, 0, 0, 0, 0, 0
if head then
  local _
  _, _, adj, not_before, held, expiry, id_at, total, top, last, member = unpack_('<BBddddBdddd', head)
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
  local set, limit, span = KEYS[i + 1], tonumber(ARGV[3 + 2 * i]), tonumber(ARGV[4 + 2 * i])
  local q = ceil(limit / 4064)
  local full = q == 1 and limit or ceil(limit / q) + 1
  local members, inside = 0, 0
  if head then
    members = unpack_('<d', head, 60 + 8 * i)
  end
  local newest, horizon = ceil(total / q), now - span
  local beyond
  if members > 0 and top > horizon then
    inside = call('ZCOUNT', set, format('(%.0f', horizon), '+inf')
  end
  if c > limit then
    local rank = newest - ceil((c - limit) / q) + 1     -- from the end
    if rank <= inside then
      local found = call('ZRANGE', set, -rank, rank == 1 and -1 or 1 - rank, 'WITHSCORES')
      at = max(at, found[2] + span)
      beyond = n == 1 and q == 1 and tonumber(found[4])
    end
  end
  remaining = min(remaining, limit - total + (newest - inside) * q)
  state[i] = { limit, span, q, full, members, inside, newest, beyond }
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
  local set, limit, span, q, full, members, inside, newest, beyond =
    KEYS[i + 1], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8]
  local from, to = newest + 1, ceil(c / q)
  if total % q ~= 0 then
    from = newest
    if inside == 0 then inside = 1 end
  end
  local shift = member - total                          -- refunds leave gaps in the numbers of members
  for s = from, to do
    call('ZADD', set, at, format('%.0f', s + shift))
  end
  inside = inside + to - newest
  members = members + to - newest
  if inside > full then inside = full end
  if members > inside then
    call('ZREMRANGEBYRANK', set, 0, members - inside - 1)
    members = inside
  end
  lapse = max(lapse, span)
  local first = to - inside + 1
  remaining = min(remaining, limit - c + (first - 1) * q)
  if c + 1 > limit then
    local rank = to - ceil((c + 1 - limit) / q) + 1
    if rank <= inside then
      if limit == 1 then beyond = at end
      after = max(after, (beyond or call('ZRANGE', set, -rank, -rank, 'WITHSCORES')[2]) + span)
    end
  end
  hots[i], colds[i] = members, head and '' or pack('<dI4', span, q)
end
local ttl
if at + lapse > expiry then
  expiry = max(at + lapse, not_before) + lapse / 4 + 1000000
  ttl = ceil((expiry - now) / 1000)
end
local hot = pack('<Bdddd', (id_at + 1) % 8, c, at, now, member + n)
if windows == 1 then
  hot = hot .. pack('<d', hots[1])
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
