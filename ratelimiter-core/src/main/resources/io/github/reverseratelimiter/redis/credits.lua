--[[ The sliding window log of one key: takes, refunds and pauses, decided in order, in one step.

KEYS[1]  the state of the key: one string, which holds all windows of that key
ARGV     1 time         microseconds; '' for this server's clock (only tests hand in a time)
         2 deadline     microseconds on this server's clock; later than that nothing is done; 0 for none
         3 margin       microseconds, added to each window
         4 k            number of windows, then k times:   window (microseconds), limit
         then any number of operations, four values each:
           T credits max_wait id     take:   id of six bytes; a second take of the same id is charged once
           R credits at id           refund: the newest credits granted for exactly that time
           P duration 0 0            pause:  from now
Reply    time of the server, logical now, held, flags (1: others state other limits; 2: too late, nothing done),
         then four integers for each operation:
           T  code (0 taken, 1 refused, 2 refused by a pause), at, remaining, next
           R  number of credits dropped, 0, 0, 0
           P  held, 0, 0, 0

The rule     Credit j of the key was granted for time t(j); t never decreases. To take n more after `total`:
                 at = max(now, t(total), not_before, t(total + n - limit) + window + margin)    over all windows
             at = now: granted. at - now <= max_wait: granted for `at`, which is the caller's place in the line.
Invariants   t(j + limit) >= t(j) + window + margin. A refusal writes nothing, unless the clock stepped back.
             The key has a TTL on every path that writes. Times in a ring are never rewritten, but by refund and pause.
Logical time TIME + adj. Where that lies before `last`, the latest time written, the clock stepped back: adj grows.

State        'R', version, number of windows, adj not_before held expires; 6 identities (6 bytes) with their times (7
             bytes); next place for an identity, total newest last; the windows; the rings in the order of the windows.
Window       first (slot that was the first one inside the window), its time (0: look), the end of the window then; when it was
             last named; its span, the limit last stated, q (credits that share a slot), the most slots it may need, the
             slots it has; `since`: what was granted up to that number did not obey this window.
Ring         slot s (from 1) holds the latest time of the credits (s-1)q+1 .. sq, at position (s-1) mod slots. It
             starts small and grows, by writing the state anew, when a slot still inside the window would be lost.
What is not known any more: slots that fell out of a growing ring had left the window: 0. A time that fell out of a
             ring of full size (asked for after a refund or a raised limit) is at most the oldest known one, and at
             most t(j + size) - window, since every size credits span a window.
]]
local call, sub, find, floor, ceil, max, min =
  redis.call, string.sub, string.find, math.floor, math.ceil, math.max, math.min
local pack, unpack_ = struct.pack, struct.unpack

local VERSION = 1
local HEAD = '255'          -- last of the bytes that are read as one piece: a small state is all of it
local IDS, ID_BYTES = 6, 13
local COLD, COLD_BYTES = '<c1BBBdddd', 36
local ADJ_AT, EXPIRES_AT, HOT_AT = '4', '28', '114'
local HOT = '<Bddd'
local WINDOWS_AT, WINDOW_BYTES = 139, 53
local WINDOW = '<I6dI7I7I7I4I4I2I2I6'
local RING_AT = WINDOWS_AT + WINDOW_BYTES          -- of the only window
local MAX_SLOTS = 4089
local FIRST_SLOTS = 8
local DOUBLES = { '<d', '<dd', '<ddd', '<dddd', '<ddddd', '<dddddd', '<ddddddd', '<dddddddd' }

local key = KEYS[1]
local raw
if ARGV[1] == '' then
  local t = call('TIME')
  raw = t[1] * 1000000 + t[2]
else
  raw = tonumber(ARGV[1])
end
local deadline = tonumber(ARGV[2])
if deadline > 0 and raw > deadline then
  return { raw, raw, 0, 2 }
end
local margin = tonumber(ARGV[3])
local k = tonumber(ARGV[4])
local next_arg = 5 + 2 * k
local head = call('GETRANGE', key, '0', HEAD)

-- ---------------------------------------------------------------- the short way: one take, of the one window that the state has
-- The rule as it stands above, for what nearly every call is. It answers nothing, and has written nothing, where
-- anything is out of the ordinary: then the long way, below, decides.
local function short_way()
  local mark, version, known, _, adj, not_before, held, expires = unpack_(COLD, head)
  local id_at, total, newest, last, first, first_time, cut_then, _, span, limit, q, most, slots, since =
    unpack_('<BdddI6dI7I7I7I4I4I2I2I6', head, 115)
  local n, id, now = tonumber(ARGV[8]), ARGV[10], raw + adj
  if mark ~= 'R' or version ~= VERSION or known ~= 1 or now < last or q ~= 1 or n > slots
    or span ~= tonumber(ARGV[5]) or limit ~= tonumber(ARGV[6]) or find(head, id, COLD_BYTES, true) then return end

  -- the first slot inside the window: the one that was, or one of the next
  local width = span + margin
  local cut, low = now - width, total - slots + 1
  local bytes, base, i, m = head, 0, 0, 0
  if newest <= cut then
    first, first_time = total + 1, 0
  elseif first_time <= cut or cut < cut_then or first < low then
    if cut < cut_then then return end
    if first < low then first = low end
    first_time = 0
    for _ = 1, 12 do
      if i == m then
        local p = (first - 1) % slots
        i, m, base = 0, min(8, slots - p, total - first + 1), RING_AT + p * 8
        if base + m * 8 > #head then
          bytes, base = call('GETRANGE', key, base, base + m * 8 - 1), 0
        else
          bytes = head
        end
      end
      local t = unpack_('<d', bytes, base + i * 8 + 1)
      if t > cut then first_time = t break end
      first, i = first + 1, i + 1
    end
    if first_time == 0 then return end
  end

  local function time(j)
    local ahead = i + j - first
    if j >= first and ahead < m then return (unpack_('<d', bytes, base + ahead * 8 + 1)) end
    if j == first then return first_time end
    local at = RING_AT + (j - 1) % slots * 8
    if at + 8 <= #head then return (unpack_('<d', head, at + 1)) end
    return (unpack_('<d', call('GETRANGE', key, at, at + 7)))
  end

  local at = now
  if newest > at then at = newest end
  if not_before > at then at = not_before end
  local next_at, j = at, total + n - limit
  if j >= first then at = max(at, time(j) + width) end

  if at - now > tonumber(ARGV[9]) then
    j = total + 1 - limit
    if j >= first then next_at = max(next_at, time(j) + width) end
    return { raw, now, held, 0, not_before > now and 2 or 1, at, max(0, limit - (total - first + 1)), next_at }
  end

  local place = total % slots                      -- where the new times go; in one piece, or the long way
  if place + n > slots then return end
  if slots < most and total + n > slots and time(total + n - slots) > now - 2 * span then return end
  next_at, j, low = at, total + n + 1 - limit, low + n
  if j > total then next_at = at + width elseif j >= first then next_at = max(at, time(j) + width) end
  if first > total then
    first_time = at
  elseif low > first then
    first_time = low > total and at or time(low)
    first = low
  end

  local need = max(at + width, not_before)
  if need > expires then
    local ttl = ceil((need - now + max(1000000, (need - now) / 8)) / 1000)
    call('PEXPIRE', key, ttl)
    call('SETRANGE', key, EXPIRES_AT, pack('<d', now + ttl * 1000))
  end
  local new = pack('<d', at)
  if n > 1 then new = string.rep(new, n) end
  call('SETRANGE', key, RING_AT + place * 8, new)
  call('SETRANGE', key, COLD_BYTES + id_at * ID_BYTES, id .. pack('<I7', at))
  call('SETRANGE', key, HOT_AT, pack('<BdddI6dI7I7', (id_at + 1) % IDS, total + n, at, now, first, first_time, cut, at))
  return { raw, now, held, 0, 0, at, max(0, limit - (total + n - first + 1)), next_at }
end

if k == 1 and #ARGV == 10 and ARGV[7] == 'T' and #head > RING_AT then
  local reply = short_way()
  if reply then return reply end
end

-- ---------------------------------------------------------------- bytes: the head in memory, the rest in Redis
local whole = false         -- the state is written anew, with SET
local from, to = 1e9, 0     -- what changed in the head

local exists = head ~= ''

local function read(offset, length)
  if offset + length <= #head then return sub(head, offset + 1, offset + length) end
  if offset < #head then           -- what changed in the head is not in Redis yet
    return sub(head, offset + 1) .. call('GETRANGE', key, #head, offset + length - 1)
  end
  return call('GETRANGE', key, offset, offset + length - 1)
end

local function write(offset, bytes)
  local cut = #head - offset
  if cut >= #bytes then
    head = sub(head, 1, offset) .. bytes .. sub(head, offset + #bytes + 1)
    from, to = min(from, offset), max(to, offset + #bytes)
  elseif cut <= 0 then
    call('SETRANGE', key, offset, bytes)
  else
    write(offset, sub(bytes, 1, cut))
    write(offset + cut, sub(bytes, cut + 1))
  end
end

-- ---------------------------------------------------------------- the state
local total, last, adj, not_before, held, expires, newest = 0, 0, 0, 0, 0, 0, 0
local id_at = 0
local windows = {}
if head ~= '' then
  local mark, version, k
  if #head < WINDOWS_AT or sub(head, 1, 1) ~= 'R' then
    return redis.error_reply('RRLFOREIGN the key holds a string that is not a limiter state')
  end
  local _
  mark, version, k, _, adj, not_before, held, expires = unpack_(COLD, head)
  id_at, total, newest, last = unpack_(HOT, head, HOT_AT + 1)
  if version ~= VERSION then
    return redis.error_reply('RRLFORMAT the state has format ' .. version .. ', this client knows ' .. VERSION)
  end
  local offset = WINDOWS_AT + k * WINDOW_BYTES
  if offset > #head then head = call('GETRANGE', key, 0, offset - 1) end
  for i = 1, k do
    local w = { cache = {} }
    w.hint, _, w.cut, w.seen, w.span, w.limit, w.q, w.most, w.slots, w.since =
      unpack_(WINDOW, head, WINDOWS_AT + (i - 1) * WINDOW_BYTES + 1)
    w.offset = offset
    w.top = ceil(total / w.q)
    offset = offset + w.slots * 8
    windows[i] = w
  end
end

local now = raw + adj
local stepped = now < last
if stepped then
  adj = adj + last - now
  now = last
end

-- The latest time in slot s, 0 where it is known to have left the window.
local function time(w, s)
  if s <= 0 or s <= w.top - w.slots then return 0 end
  local t = w.cache[s]
  if t then return t end
  local p = (s - 1) % w.slots
  local n = min(8, w.slots - p, w.top - s + 1)
  local times = { unpack_(DOUBLES[n], read(w.offset + p * 8, n * 8)) }
  for i = 1, n do w.cache[s + i - 1] = times[i] end
  return times[1]
end

-- Writes bytes of times into the slots from s on.
local function put(w, s, bytes)
  local p = (s - 1) % w.slots
  local fit = (w.slots - p) * 8
  if #bytes > fit then
    write(w.offset + p * 8, sub(bytes, 1, fit))
    write(w.offset, sub(bytes, fit + 1))
  else
    write(w.offset + p * 8, bytes)
  end
end

-- The slots from a to b as bytes.
local function get(w, a, b)
  local p = (a - 1) % w.slots
  local n, fit = b - a + 1, w.slots - p
  if n > fit then return read(w.offset + p * 8, fit * 8) .. read(w.offset, (n - fit) * 8) end
  return read(w.offset + p * 8, n * 8)
end

-- An upper bound of the time of credit j, where this window's ring no longer holds it.
local function bound(w, j)
  if j <= 0 or w.slots < w.most then return 0 end
  local oldest = w.top - w.slots + 1
  local t = time(w, oldest)
  if w.q == 1 and j + w.most > w.since then
    local steps = ceil((oldest - j) / w.most)
    t = min(t, time(w, j + steps * w.most) - steps * w.span)
  end
  return max(t, 0)
end

local function time_of(w, j)
  local s = ceil(j / w.q)
  if s > w.top - w.slots then return time(w, s) end
  return bound(w, j)
end

-- ---------------------------------------------------------------- writing the state anew: new windows, larger rings
-- The ring of window w as a list of times, newest first: from its own ring, else from the best that there is.
local function history(w, source)
  local times = {}
  local top = ceil(total / w.q)
  for s = top, max(1, top - w.most + 1), -1 do
    local t = time_of(source, min(s * w.q, total))
    if t <= now - 2 * w.span then break end
    times[#times + 1] = t
  end
  return times, top
end

local function lay(list, room)
  if exists and not whole then head = head .. call('GETRANGE', key, #head, -1) end
  whole = true
  local best
  for _, w in ipairs(windows) do
    if not best or w.q < best.q or (w.q == best.q and w.slots > best.slots) then best = w end
  end
  local rings = {}
  for i, w in ipairs(list) do
    local times, top = {}, ceil(total / w.q)
    local source = w.old or best
    if source then times, top = history(w, source) end
    local slots = min(w.most, FIRST_SLOTS)
    while slots < w.most and slots < #times + ceil(room / w.q) + 1 do slots = min(slots * 2, w.most) end
    local bytes = {}
    for p = 1, slots do bytes[p] = '\0\0\0\0\0\0\0\0' end
    for n, t in ipairs(times) do
      if n > slots then break end
      bytes[(top - n) % slots + 1] = pack('<d', t)
    end
    rings[i] = { w, slots, table.concat(bytes) }
  end
  table.sort(rings, function(a, b) return a[1].most < b[1].most or (a[1].most == b[1].most and a[1].span < b[1].span) end)
  local parts = { head ~= '' and sub(head, 1, WINDOWS_AT) or string.rep('\0', WINDOWS_AT), string.rep('\0', #rings * WINDOW_BYTES) }
  local offset = WINDOWS_AT + #rings * WINDOW_BYTES
  windows = {}
  for i, ring in ipairs(rings) do
    local w = ring[1]
    w.old, w.cache, w.slots, w.offset, w.top = nil, {}, ring[2], offset, ceil(total / w.q)
    w.first = nil
    parts[i + 2] = ring[3]
    offset = offset + ring[2] * 8
    windows[i] = w
  end
  head = table.concat(parts)
end

local function copy(w)
  return { span = w.span, limit = w.limit, q = w.q, most = w.most, seen = w.seen, hint = w.hint, cut = w.cut, since = w.since, old = w }
end

-- ---------------------------------------------------------------- the windows this caller names, and those others named
local flags = 0

local function name_windows()
  local named, list, fresh = {}, {}, false
  for i = 5, 3 + 2 * k, 2 do
    named[tonumber(ARGV[i])] = tonumber(ARGV[i + 1])
  end
  for _, w in ipairs(windows) do
    local limit = named[w.span]
    local c = w
    if limit then
      named[w.span] = nil
      w.named = true
      w.own = limit
      if limit ~= w.limit and w.seen + 2 * w.span > now then flags = 1 end
      local q = max(w.q, ceil(limit / MAX_SLOTS))
      local most = q == 1 and max(w.most, limit) or max(w.q == q and w.most or 0, ceil(limit / q) + 1)
      if q ~= w.q or most > w.most then
        c, fresh = copy(w), true
        c.q, c.most, c.named, c.own = q, most, true, limit
        if q ~= w.q then c.hint = 1 end
      end
      list[#list + 1] = c
    elseif w.seen + 2 * w.span > now then
      w.own = w.limit
      flags = 1
      list[#list + 1] = w
    else
      fresh = true                       -- nobody has named it for two of its spans: forgotten
    end
  end
  for span, limit in pairs(named) do
    local q = ceil(limit / MAX_SLOTS)
    list[#list + 1] = {
      span = span, limit = limit, own = limit, q = q, most = q == 1 and limit or ceil(limit / q) + 1,
      seen = now, hint = 1, cut = 0, since = total, named = true,
    }
    fresh = true
    if #windows > 0 then flags = 1 end
  end
  if fresh then
    for i, w in ipairs(list) do
      if w.slots then list[i] = copy(w); list[i].named, list[i].own = w.named, w.own end
    end
    lay(list, 1)
  end
end

-- The first slot whose time lies inside the window: a few steps from where it was last, then by halves.
local function first_inside(w, cut)
  local low, top = max(1, w.top - w.slots + 1), w.top
  local s = max(low, min(w.hint, top + 1))
  if s > low and time(w, s - 1) > cut then
    local a, b = low, s - 1              -- the hint was too late: look below it
    while a < b do
      local m = floor((a + b) / 2)
      if time(w, m) > cut then b = m else a = m + 1 end
    end
    return a
  end
  for _ = 1, 8 do
    if s > top or time(w, s) > cut then return s end
    s = s + 1
  end
  local a, b = s, top + 1
  while a < b do
    local m = floor((a + b) / 2)
    if time(w, m) > cut then b = m else a = m + 1 end
  end
  return a
end

local function enter(w)
  if not w.first then
    w.width = w.span + margin
    w.first = first_inside(w, now - w.width)
    w.hint, w.cut = w.first, now - w.width
  end
end

-- ---------------------------------------------------------------- the operations
local ids
local changed = false

local function seen_before(id)
  ids = head ~= '' and sub(head, COLD_BYTES + 1, HOT_AT) or string.rep('\0', IDS * ID_BYTES)
  for i = 0, IDS - 1 do
    local p = i * ID_BYTES
    if sub(ids, p + 1, p + 6) == id then return (unpack_('<I7', ids, p + 7)) end
  end
end

local function remember(id, at)
  write(COLD_BYTES + id_at * ID_BYTES, id .. pack('<I7', at))
  id_at = (id_at + 1) % IDS
end

local function left()
  local least = 1e15
  for _, w in ipairs(windows) do
    least = min(least, w.own - max(0, total - (w.first - 1) * w.q))
  end
  return max(0, least)
end

-- When n more credits may go, after `taken` that are not in the rings yet.
local function earliest(n)
  local at = max(now, newest, not_before)
  for _, w in ipairs(windows) do
    local j = total + n - w.own
    if n > w.own then
      at = max(at, w.seen + 2 * w.span)  -- another caller's smaller limit: not before that is forgotten
    elseif j > (w.first - 1) * w.q then
      at = max(at, time_of(w, j) + w.width)
    end
  end
  return at
end

local function add(n, at)
  local spare = true
  for _, w in ipairs(windows) do
    if w.slots < w.most then
      local top = ceil((total + n) / w.q)
      if top - floor(total / w.q) > w.slots then spare = false
      elseif top > w.slots and time(w, top - w.slots) > now - 2 * w.span then spare = false end
    end
  end
  if not spare then
    local list = {}
    for i, w in ipairs(windows) do
      list[i] = copy(w)
      list[i].named, list[i].own, list[i].width, list[i].old = w.named, w.own, w.width, w
    end
    lay(list, n)
    for _, w in ipairs(windows) do enter(w) end
  end
  for _, w in ipairs(windows) do
    local s = floor(total / w.q) + 1
    local top = ceil((total + n) / w.q)
    w.top = top
    if s < w.first then w.first, w.hint = s, s end       -- a slot shared with credits that have left
    s = max(s, top - w.slots + 1)                        -- more than another caller's smaller limit
    local bytes = pack('<d', at)
    if top > s then bytes = string.rep(bytes, top - s + 1) end
    put(w, s, bytes)
    for i = s, top do w.cache[i] = at end
    if w.named then
      w.limit = w.own
      w.seen = at                                        -- remembered as long as what was taken through it
    end
    if n > w.own then w.since = total + n end            -- its credits no longer span a window
  end
  total = total + n
  newest = at
end

local function expire(at)
  local need = at - now
  for _, w in ipairs(windows) do need = max(need, at - now + w.span + margin) end
  need = max(need, not_before - now)
  if whole or now + need > expires then
    local ttl = ceil((need + max(1000000, need / 8)) / 1000)
    expires = now + ttl * 1000
    return ttl
  end
end

local function take(n, max_wait, id)
  for _, w in ipairs(windows) do enter(w) end
  local at = seen_before(id)
  if at then return 0, at, left(), earliest(1) end
  at = earliest(n)
  if at - now > max_wait then
    return not_before > now and 2 or 1, at, left(), earliest(1)
  end
  add(n, at)
  remember(id, at)
  last = now
  changed = true
  return 0, at, left(), earliest(1)
end

-- The slots s in w with time(s) = at, newest first: the newest one, and the oldest of at most n.
local function find_time(w, at, n)
  local low, high = max(1, w.top - w.slots + 1), w.top
  while low < high do
    local m = ceil((low + high) / 2)
    if time(w, m) <= at then low = m else high = m - 1 end
  end
  if low < 1 or w.top < 1 or time(w, low) ~= at then return nil end
  local s = low
  while low - s + 1 < n and s > 1 and s > w.top - w.slots + 1 and time(w, s - 1) == at do s = s - 1 end
  return low, s
end

local function drop(w, j, n, after)
  -- credits j-n+1 .. j go; the later ones move down
  local m = w.q == 1 and n or ceil(n / w.q)
  local old_top, low = w.top, max(1, w.top - w.slots + 1)
  local top = ceil(after / w.q)
  local s = ceil((j - n + 1) / w.q)                      -- the first slot that takes another's time
  local a = max(s + m, low)
  local fill = {}
  for i = old_top - w.slots - (old_top - top) + 1, old_top - w.slots do
    fill[#fill + 1] = { i, i > 0 and bound(w, i * w.q) or 0 }
  end
  local bytes = a <= old_top and get(w, a, old_top) or ''
  local final = pack('<d', time(w, old_top))
  local target = a - m
  local need = (top - target + 1) * 8
  if #bytes > need then bytes = sub(bytes, 1, max(0, need)) end
  while #bytes < need do bytes = bytes .. final end
  local fills = {}
  for i, f in ipairs(fill) do fills[i] = pack('<d', f[2]) end
  w.top = top
  w.since = w.since - max(0, min(w.since, j) - (j - n))
  w.cache = {}
  w.first, w.hint = nil, 1
  if #bytes > 0 then put(w, target, bytes) end
  -- the positions that became free hold what fell out of the ring before
  for i, f in ipairs(fill) do
    if f[1] < target then write(w.offset + ((f[1] - 1) % w.slots) * 8, fills[i]) end
  end
end

local function refund(n, at, id)
  if seen_before(id) then return 0 end   -- the driver has sent it twice
  local j, count, exact = 0, 0, false
  for _, w in ipairs(windows) do       -- the ring of another caller's smaller limit may hold less than all of them
    local newest_slot, oldest_slot = find_time(w, at, ceil(n / w.q))
    if newest_slot then
      local last_one = min(newest_slot * w.q, total)
      local c = w.q == 1 and newest_slot - oldest_slot + 1 or min(n, last_one)
      count = max(count, c)
      if not exact then j, exact = last_one, w.q == 1 end
    end
  end
  count = min(count, j)
  if count > 0 then
    for _, w in ipairs(windows) do drop(w, j, count, total - count) end
    total = total - count
    newest = 1e300                     -- each ring has an upper bound of it, or 0: it is in the past
    for _, w in ipairs(windows) do newest = min(newest, time(w, w.top)) end
    remember(id, at)
    changed = true
  end
  return count
end

local function pause(duration)
  local d = now + duration - max(now, not_before)
  if d > 0 then
    held = held + d
    not_before = now + duration
    for _, w in ipairs(windows) do
      if w.seen > now then w.seen = w.seen + d end
      local s = w.top
      while s >= 1 and s > w.top - w.slots and time(w, s) > now do s = s - 1 end
      if s < w.top then
        local bytes = {}
        for i = s + 1, w.top do
          local t = time(w, i) + d
          w.cache[i] = t
          bytes[#bytes + 1] = pack('<d', t)
        end
        put(w, s + 1, table.concat(bytes))
      end
    end
    if newest > now then newest = newest + d end
    ids = head ~= '' and sub(head, COLD_BYTES + 1, HOT_AT) or ''
    for p = 1, #ids, ID_BYTES do
      local at = unpack_('<I7', ids, p + 6)
      if at > now then ids = sub(ids, 1, p + 5) .. pack('<I7', at + d) .. sub(ids, p + ID_BYTES) end
    end
    if ids ~= '' then write(COLD_BYTES, ids) end
    if head == '' then lay({}, 0) end
    last = now
    changed = true
  end
  return held
end

local reply = { raw, now, held, flags }
if k > 0 then name_windows() end
for i = next_arg, #ARGV, 4 do
  local op, a, b, c = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), ARGV[i + 3]
  local r1, r2, r3, r4 = 0, 0, 0, 0
  if op == 'T' then
    r1, r2, r3, r4 = take(a, b, c)
  elseif op == 'R' then
    r1 = refund(a, b, c)
  else
    r1 = pause(a)
  end
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = r1, r2, r3, r4
end
reply[3] = held
reply[4] = flags

-- ---------------------------------------------------------------- what changed is written, with its TTL
if changed then
  local ttl = expire(newest)
  local parts = { pack(COLD, 'R', VERSION, #windows, 0, adj, not_before, held, expires),
    sub(head, COLD_BYTES + 1, HOT_AT), pack(HOT, id_at, total, newest, last) }
  for i, w in ipairs(windows) do
    parts[i + 3] = pack(WINDOW, w.hint, 0, w.cut, w.seen, w.span, w.limit, w.q, w.most, w.slots, w.since)
  end
  local front = table.concat(parts)
  head = front .. sub(head, #front + 1)
  if whole then
    call('SET', key, head, 'PX', ttl)
  else
    if ttl then call('PEXPIRE', key, ttl) end
    call('SETRANGE', key, 0, sub(head, 1, max(#front, to)))
  end
elseif stepped and exists then
  call('SETRANGE', key, ADJ_AT, pack('<d', adj))
end
return reply
