--[[ The sliding window log of a key: takes, refunds and pauses, decided in order, in one step. Of several keys: all or none.

KEYS[i]  the state of a key: one string, which holds all windows of that key. Nearly always there is one
ARGV[i]  what is asked of it; time and deadline count in the first one. Little-endian, since one argument costs the server less than ten. Numbers are doubles, which are exact up to 2^53:
           time      microseconds; 0 for this server's clock: only tests hand in a time
           deadline  microseconds on this server's clock; later than that nothing is done; 0 for none
           margin    microseconds, added to each window
           k         a byte: how many windows; then k times  window (microseconds), limit
         then any number of operations of 23 bytes: a letter, two numbers, six bytes that name it. R and P name no windows (k = 0)
           T credits max_wait id   take:   a second take of the same id is charged once
           R credits at id         refund: the newest credits granted for exactly that time; a second one does nothing
           P duration end 0        pause:  from now, but not beyond `end`, on this server's clock; 0: none
           A credits 0 id          take together with the other keys: all of them now, or none. The only operation of each
         before them, where they need it, in this order:
           G gap 0 0               pace: no credit is granted for less than `gap` after the one before
           L life cap lease        calls in flight: whose (an instance), for how long it may be silent, how many at once (0: any number)
           M alike 0 id            several takes, or ends, that travel together: one identity for all of them; their own is 0.
                                   Where `alike` is not 0, one take follows, which stands for so many
           K life cap lease        the same, but a call is begun only if the lease is known: its calls would be ended by ends of lost ones
           S until 0 grant         the refund after it may be sent again: done until then on the logical clock; later only while
                                   the identity of the grant is known still, and so are all that came after it
           N until 0 grant         it is sent again: nothing before that, since the first may come yet; later as after S
         and then these, for calls that are counted from their begin to their end:
           B credits max_wait id   begin a call whose credits count from its grant: as T, or a place in the queue, to be asked for again:
                                   who is called up by then has his place, and is granted now, or for when he was called up
           C credits max_wait id   the same, but they count until the call has ended, and one window more
           E credits 0 id          a call has ended; of B no credits. Of a lease that is not known, or has no calls, it does nothing
           X credits ticket id     a call that was granted by this number is not made; credits as of E
           W credits ticket id     nobody waits for this number any more: of the queue, called up, or just granted; if none of these, nothing
           H 0 0 0                 the lease goes on
Reply    doubles: time of the server, logical now, held, flags (1: others state other limits; 2: too late, nothing done;
           4: Redis did not let it tell who was called up; 8: this trip was here before, and its answers are lost: nothing done;
           16: takes that are alike, all taken for the same time: only the first one's numbers follow; of the others less and less remains),
         then four for each operation:
           T  code (0 taken, 1 refused, 2 refused by a pause, 3 queued: ask again at `at`, or when told; 4 of K: the lease is lost),
              at, remaining, next
           R  number of credits dropped, 1 if it came too early to be sent again, 0, 0
           P  held, 0, 0, 0
           A  as T; refused with at = now: another key was in the way
           E X W H  1, or 0 if the lease is not known
         Of several keys: such a reply for each, one after another; if it was too late, one for all

The rule     Credit j of the key was granted for time t(j); t never decreases. To take n more after `total`:
                 at = max(now, t(total), not_before, t(total + n - limit) + window + margin)    over all windows
             at = now: granted. at - now <= max_wait: granted for `at`, which is the caller's place in the line.
Invariants   t(j + limit) >= t(j) + window + margin. A refusal writes nothing, unless the clock stepped back.
             The key has a TTL on every path that writes. Times in a ring are never rewritten, but by refund and pause.
Logical time TIME + adj. Where that lies before `last`, the latest time written, the clock stepped back: adj grows.

State        'R', version, number of windows, 0; adj, not_before, held; what is fixed of each window; 6 identities (6 bytes),
             newest first, each with its time; when the key expires, total, newest, last; what moves of each window; the
             rings in the order of the windows. What a take changes stands in one piece.
Window       fixed: its span, the limit last stated, q (credits that share a slot), the most slots it may need, the slots it
             has; `since`: what was granted up to that number did not obey this window; `forgotten`: times up to that
             number were, before this window was watched; `known`: the slots before it hold only upper bounds.
             moving: first (slot that was the first one inside the window), its time and those of the three slots after it
             (0: look), the end of the window then; when the window was last named; the last slot that is known to have left
             it for so long that it may be lost.
Flight       at the end, if the mark says so: calls in flight, their credits that still count (`open`), the cap, when the next lease
             runs out, the latest time given to one of C in `open`, the latest time given to any, credits queued for, lengths; a record for each lease; the queue, first those who were called up and do
             not know it yet. An open credit has no time: it is as if it were in the rings already, at a time not known, which is
             not before now. So who needs one of these to leave the window has to wait until its call has ended.
             Who is called up and has not come yet has his place, and his credits are open; those of B until he comes: then they
             get the time of that, or the one he was called up for, and their place in the rings by it. Messages may be late.
             A lease that runs out ends its calls then; who was called up under it, and has not come, made none. Who is called up
             is told by PUBLISH, where only an end can call him.
Ring         slot s (from 1) holds the latest time of the credits (s-1)q+1 .. sq, at position (s-1) mod slots. It
             starts small and grows when a slot still inside the window would be lost: each time then lies where its slot belongs in the larger one.
What is not known any more: slots that fell out of a growing ring had left the window: 0. A time that fell out of a
             ring of full size (asked for after a refund or a raised limit) is at most the oldest known one, and at
             most t(j + size) - window, since every size credits span a window.
]]
local call, sub, find, floor, ceil, max, min =
  redis.call, string.sub, string.find, math.floor, math.ceil, math.max, math.min
local pack, unpack_ = struct.pack, struct.unpack

local VERSION = 1
local MARK = 82 + VERSION * 256                    -- 'R' and the version; the number of windows stands above them
local FRONT, FRONT_BYTES = '<I4I7I7I7', 25
local FIXED, FIXED_BYTES = '<I7I4I3I2I2I6I6I6', 36
local HOT, HOT_BYTES = '<c78I7I6I7I7', 105
local MOVING, MOVING_BYTES = '<I6I7I7I7I7I7I7I6', 54
local WINDOWS_FROM, WINDOW_BYTES = FRONT_BYTES + HOT_BYTES, FIXED_BYTES + MOVING_BYTES
local ADJ_AT, ID_BYTES, IDS_BYTES = '4', 13, 78
-- of a state with one window (a number that nobody needs costs less than an x for each of its bytes):
local ONE_WINDOW = '<I4I7I7I7I7I4I3I2I2I6I6I6c65I6I7I7I6I7I7I6I7I7I7I7I7I7I6'
local SLOTS_AT, HOT_AT, IDS_AT, RING_AT = 41, '61', 61, 220
local NEW = '<I4I7I7I7I7I4I3I2I2I6I6I6c6I7c65I7I6I7I7I6I7I7I7I7I7I7I6c0'
local CHANGED = '<c6I7c65I7I6I7I7I6I7I7I7I7I7I7I6c0c0'
local HEAD = '283'                                 -- last of the bytes that are read as one piece: a small state is all of it
-- of the argument and the reply:
local ALL, WINDOWS_AT, ONE_TAKE, WISH_BYTES, OPERATION_BYTES = '<dddB', 26, '<dddBddc1ddc6', 64, 23
local ANSWER, REPLY = '<dddd', '<dddddddd'
local SPARE_LIFE = 5000000                         -- a state outlives its need: a wider margin finds it, and PEXPIRE is rare
local NOT_WHOLE = 'RRLFOREIGN the key holds what begins like a limiter state, but is not a whole one'
local FLOWN = 16777216                            -- in the mark: there is a flight
local FLIGHT, FLIGHT_BYTES = '<I3I4I3I7I7I7I5I2I2I2', 42
local LEASE, LEASE_BYTES = '<c6I3I4I7', 20
local TICKET, TICKET_BYTES = '<c6c6c1I4I3I7I7I7I7', 48  -- id, lease, mode, credits, cap, deadline, time, margin, gap
local NONE = 2^55                                  -- as a time: never
local CHANNEL = 'rrl:called:'
local MAX_SLOTS = 4089
local FIRST_SLOTS = 8
local MANY = 64                                    -- times that are packed at once
local SHARED_AT, TOGETHER = 42, 128                -- of takes that travel together: where they begin, how many at most

local key, wish = KEYS[1], ARGV[1]
local raw, deadline, margin, k, named, named_limit, op, n, max_wait, id
if #wish == WISH_BYTES then                        -- one operation, of one window
  raw, deadline, margin, k, named, named_limit, op, n, max_wait, id = unpack_(ONE_TAKE, wish)
else
  raw, deadline, margin, k = unpack_(ALL, wish)
end
if raw == 0 then
  local t = call('TIME')
  raw = t[1] * 1000000 + t[2]
end
if deadline > 0 and raw > deadline then
  return pack(ANSWER, raw, raw, 0, 2)
end
local head = call('GETRANGE', key, '0', k > 1 and WINDOWS_FROM + k * WINDOW_BYTES - 1 or HEAD)

-- ---------------------------------------------------------------- the short way of a new key: one take, of one window
-- What the long way would write, at a fourth of its price: accounts that call now and then are new each time.
if head == '' and #wish == WISH_BYTES and op == 'T' and n <= named_limit then
  local q = ceil(named_limit / MAX_SLOTS)
  local most = q == 1 and named_limit or ceil(named_limit / q) + 1
  local slots, width, used = min(most, FIRST_SLOTS), named + margin, ceil(n / q)
  local ttl = ceil((width + max(SPARE_LIFE, width / 8)) / 1000)
  if used < FIRST_SLOTS or used <= slots and slots == most then
    local ring = string.rep(pack('<d', raw), used) .. string.rep('\0', (slots - used) * 8)
    local written = redis.pcall('SET', key, pack(NEW, MARK + 65536, 0, 0, 0, named, named_limit, q, most, slots, 0, 0, 1,
      id, raw, string.rep('\0', 65), raw + ttl * 1000, n, raw, raw, 1, 0, 0, 0, 0, raw - width, raw, 0, ring), 'NX', 'PX', ttl)
    if type(written) == 'table' and written.ok then           -- memory is not full, and nobody else's empty string is there
      return pack(REPLY, raw, raw, 0, 0, 0, raw, named_limit - n, n == named_limit and raw + width or raw)
    end
  end
end

-- ---------------------------------------------------------------- the short way: one take, of the one window that the state has
-- The rule as it stands above, for what nearly every call is. Where anything is out of the ordinary it breaks off, having
-- written nothing: then the long way, below, decides. A function would have to capture what it uses, which costs more
-- than to run it.

-- The times of slot s of a ring and of the three after it; 0 where they are beyond the newest, or the end of the ring. With `past`: the
-- last one of sixteen slots from s on whose time is not later, so that they may be lost; nil if that of s is. (One function for both,
-- since each costs every call a hundredth, used or not.)
local function four(head, slots, top, s, past)
  local p = (s - 1) % slots
  local m, from = math.min(past and 16 or 4, slots - p, top - s + 1), 220 + p * 8
  if from + m * 8 > #head then
    head, from = redis.call('GETRANGE', KEYS[1], from, from + m * 8 - 1), 0
    if #head < m * 8 then error(redis.error_reply(NOT_WHOLE)) end
  end
  if past then
    if struct.unpack('<d', head, from + 1) > past then return nil end
    while m > 1 and struct.unpack('<d', head, from + m * 8 - 7) > past do m = math.floor(m / 2) end   -- times ascend
    return s + m - 1
  end
  if m < 4 then head, from = string.sub(head, from + 1, from + m * 8) .. string.rep('\0', 32), 0 end
  return struct.unpack('<dddd', head, from + 1)
end

repeat
  if k ~= 1 or #wish ~= WISH_BYTES or #head <= RING_AT then break end
  local mark, adj, not_before, held, span, limit, q, most, slots, since, forgotten, known, ids, _, _, expires, total, newest, last, first, t1, t2, t3, t4, cut_then, _, spare =
    unpack_(ONE_WINDOW, head)
  local now = raw + adj
  local width = span + margin
  local cut = now - width
  if mark ~= MARK + 65536 or op ~= 'T' or span ~= named or limit ~= named_limit or now < last or cut < cut_then
    or find(head, id, IDS_AT, true) then break end

  -- the slots of the newest credit, of the one whose time decides, of the one that decides for the next credit, and those
  -- that the new credits go to, the first of which may be shared with older ones
  local top, mine, next_one, from, to = total, total + n - limit, total + n + 1 - limit, total + 1, total + n
  if q > 1 then
    top, mine, next_one, from, to = ceil(total / q), ceil(mine / q), ceil(next_one / q), floor(total / q) + 1, ceil(to / q)
  end

  -- the first slot inside the window: the one that was, or one of the next
  if newest <= cut then
    first, t1, t2, t3, t4 = top + 1, 0, 0, 0, 0
  else
    if first <= top - slots then first, t1, t2, t3, t4 = top - slots + 1, 0, 0, 0, 0 end
    for _ = 1, 4 do
      while t1 > 0 and t1 <= cut do first, t1, t2, t3, t4 = first + 1, t2, t3, t4, 0 end
      if t1 > 0 and (t2 > 0 or next_one <= first or first == top) then break end
      t1, t2, t3, t4 = four(head, slots, top, first)
      if t2 == 0 and first < top then t2, t3, t4 = four(head, slots, top, first + 1) end   -- around the end of the ring
    end
    if t1 <= cut then break end
  end

  local at = now
  if newest > at then at = newest end
  if not_before > at then at = not_before end
  local next_at = at
  if mine == first then
    if t1 + width > at then at = t1 + width end
  elseif mine > first then
    at = max(at, four(head, slots, top, mine) + width)
  end

  if at - now > max_wait then
    local s = total + 1 - limit
    if q > 1 then s = ceil(s / q) end
    if s == first then next_at = max(next_at, t1 + width)
    elseif s > first then next_at = max(next_at, four(head, slots, top, s) + width) end
    return pack(REPLY, raw, now, held, 0, not_before > now and 2 or 1, at, max(0, limit - max(0, total - (first - 1) * q)), next_at)
  end

  local place, low, room, ring, ttl = (from - 1) % slots, to - slots + 1, slots, nil, nil
  if place + to - from >= slots then break end                               -- not in one piece
  if slots < most and to > top and low - 1 > spare then                      -- may these slots be lost, or must the ring grow?
    local lost = four(head, slots, top, low - 1, now - 2 * span)
    if lost then
      spare = lost
    else                                                                     -- then all that it holds stays, if it is the oldest
      room = min(2 * slots, most)
      place, low = (from - 1) % room, to - room + 1
      if to > top + 1 or place + to - from >= room then break end
      ring = sub(head, RING_AT + 1)
      if #ring < slots * 8 then ring = call('GETRANGE', key, RING_AT, RING_AT + slots * 8 - 1) end
      if #ring < slots * 8 then break end                                    -- the state was cut: the long way refuses it
    end
  end

  next_at = at
  if next_one >= from then
    next_at = at + width
  elseif next_one >= first then
    local t = t1
    if next_one == first + 1 then t = t2 elseif next_one > first then t = four(head, slots, top, next_one) end
    if t + width > at then next_at = t + width end
  end

  if from <= first then
    first, t1, t2, t3, t4 = from, at, 0, 0, 0
  elseif from <= first + 3 then
    if from == first + 1 then t2, t3, t4 = at, 0, 0 elseif from == first + 2 then t3, t4 = at, 0 else t4 = at end
  end
  if first < low then                              -- it stays inside until `at`, but the ring does not hold it any more
    if low == first + 1 and t2 > 0 then
      t1, t2, t3, t4 = t2, t3, t4, 0
    else
      t1, t2, t3, t4 = low >= from and at or (four(head, slots, top, low)), 0, 0, 0
    end
    first = low
  end

  local need = at + width
  if not_before > need then need = not_before end
  if need > expires or room > slots then
    ttl = ceil((need - now + max(SPARE_LIFE, (need - now) / 8)) / 1000)
    expires = now + ttl * 1000
    if room == slots then call('PEXPIRE', key, ttl) end
  end
  local times = pack('<d', at)
  if to > from then times = string.rep(times, to - from + 1) end
  if room > slots then                             -- the oldest first, from where it belongs in the larger ring
    local fit = (top - slots) % slots * 8
    ring = sub(sub(ring, fit + 1, slots * 8) .. sub(ring, 1, fit), 1, (from - 1 - top + slots) * 8) .. times
    ring = ring .. string.rep('\0', room * 8 - #ring)
    fit = room * 8 - (top - slots) % room * 8
    -- not SETRANGE: a string that grows by that takes twice the room
    local written = redis.pcall('SET', key, sub(head, 1, SLOTS_AT) .. pack('<I2I6I6I6', room, since, forgotten, max(known, top - slots + 1)) ..
      pack(CHANGED, id, at, ids, expires, total + n, at, now, first, t1, t2, t3, t4, cut, at, spare, sub(ring, fit + 1), sub(ring, 1, fit)), 'PX', ttl)
    if type(written) ~= 'table' or not written.ok then break end     -- memory is full
    return pack(REPLY, raw, now, held, 0, 0, at, max(0, limit - total - n + (first - 1) * q), next_at)
  end
  place = RING_AT + place * 8
  local between, with, apart = '', times, place + #times > #head
  if apart then with = '' else between = sub(head, RING_AT + 1, place) end
  local written = redis.pcall('SETRANGE', key, HOT_AT,
    pack(CHANGED, id, at, ids, expires, total + n, at, now, first, t1, t2, t3, t4, cut, at, spare, between, with))
  if type(written) == 'table' then break end       -- memory is full
  if apart then call('SETRANGE', key, place, times) end
  local left = limit - total - n + (first - 1) * q
  if left < 0 then left = 0 end
  return pack(REPLY, raw, now, held, 0, 0, at, left, next_at)
until true

-- ---------------------------------------------------------------- the same for takes that travel together
repeat
  if k ~= 1 or #head <= RING_AT or sub(wish, SHARED_AT, SHARED_AT) ~= 'M' then break end
  local mark, adj, not_before, held, span, limit, q, most, slots, _, _, _, ids, _, _, expires, total, newest, last, first, _, _, _, _, cut_then, _, spare =
    unpack_(ONE_WINDOW, head)
  named, named_limit = unpack_('<dd', wish, WINDOWS_AT)
  id = sub(wish, SHARED_AT + 17, SHARED_AT + 22)
  local alike, each, each_wait = (unpack_('<d', wish, SHARED_AT + 1))
  local now, old, count = raw + adj, total, alike > 0 and alike or (#wish - SHARED_AT + 1) / OPERATION_BYTES - 1
  local width = span + margin
  local cut = now - width
  if mark ~= MARK + 65536 or span ~= named or limit ~= named_limit or now < last or cut < cut_then or count > TOGETHER
    or find(head, id, IDS_AT, true) then break end

  -- four numbers each, in whose places the answers come: credits, longest wait, and two that nobody needs (a table that grows costs more)
  local takes, sum = nil, 0
  if alike > 0 then
    each, each_wait = unpack_('<dd', wish, SHARED_AT + OPERATION_BYTES + 1)
    sum = alike * each
  else
    takes = { unpack_('<' .. string.rep('ddI6B', count - 1) .. 'ddI6', wish, SHARED_AT + OPERATION_BYTES + 1) }
    for i = 1, #takes, 4 do sum = sum + takes[i] end
  end
  if sum > TOGETHER * q or sum > (slots - 1) * q then break end

  -- the times of the slots that may decide, from the first one inside the window on; as many leave it as are taken, mostly
  local t, top, known, wanted = {}, ceil(total / q), nil, ceil((total + sum + 1 - limit) / q)
  if newest <= cut then
    first, known = top + 1, top
  else
    if first <= top - slots then first = top - slots + 1 end
    known = first - 1
    if wanted > top then wanted = top end
    while known < wanted or (t[first] or 0) <= cut do
      if t[first] and t[first] <= cut then first = first + 1
      elseif known >= top then known = nil break         -- none is inside, or not where it was: look from the beginning
      else
        local p = known % slots
        local n, from = min(TOGETHER, slots - p, top - known, max(wanted - known, ceil(sum / q) + 4)), RING_AT + p * 8
        local times = from + n * 8 <= #head and sub(head, from + 1, from + n * 8) or call('GETRANGE', key, from, from + n * 8 - 1)
        if #times < n * 8 then return redis.error_reply(NOT_WHOLE) end
        times = { unpack_('<' .. string.rep('d', n), times) }
        for i = 1, n do t[known + i] = times[i] end
        known = known + n
      end
    end
    if not known then break end
  end

  -- Rounded up and down by the remainder: a call of `ceil` costs more.
  local at, full, refused = max(now, newest, not_before), limit + (first - 1) * q, not_before > now and 2 or 1
  local answers
  if alike > 0 then
    local apart = first > top and old % q ~= 0 and q or 0                       -- a slot shared with credits that have left
    if at == now and full - apart - old - sum >= 1 then                         -- room for all of them, and for one more
      if apart > 0 then first = top end
      total = old + sum
      for slot = floor(old / q) + 1, ceil(total / q) do t[slot] = at end
      answers = pack(REPLY, raw, now, held, 16, 0, at, full - apart - old - each, at)
    else
      takes = {}
      for i = 1, 4 * alike, 4 do takes[i], takes[i + 1], takes[i + 2], takes[i + 3] = each, each_wait, 0, 0 end
    end
  end
  for i = 1, answers and 0 or #takes, 4 do
    local n, granted_at, code = takes[i], at, 0
    local j = total + n - limit
    local s = (j + -j % q) / q
    if s >= first and t[s] + width > at then granted_at = t[s] + width end
    if granted_at - now <= takes[i + 1] then
      at, s = granted_at, total + n
      for slot = (total - total % q) / q + 1, (s + -s % q) / q do t[slot] = at end
      total = s
      if first > top and old % q ~= 0 then first, full = top, full - q end   -- shared with credits that have left
    else
      code = refused
    end
    local next_at, left = at, full - total
    j = total + 1 - limit
    s = (j + -j % q) / q
    if s >= first and t[s] + width > at then next_at = t[s] + width end
    if left < 0 then left = 0 elseif left > limit then left = limit end
    takes[i], takes[i + 1], takes[i + 2], takes[i + 3] = code, granted_at, left, next_at
  end
  answers = answers or pack('<' .. string.rep('dddd', count + 1), raw, now, held, 0, unpack(takes))
  if total == old then return answers end

  local from, to = floor(old / q) + 1, ceil(total / q)
  local low = to - slots + 1
  if slots < most and to > top and low - 1 > spare then
    spare = four(head, slots, top, low - 1, now - 2 * span)
    if not spare then break end
  end
  local need = max(at + width, not_before)
  if need > expires then
    local ttl = ceil((need - now + max(SPARE_LIFE, (need - now) / 8)) / 1000)
    expires = now + ttl * 1000
    call('PEXPIRE', key, ttl)
  end
  if first < low then first = low end
  local written = redis.pcall('SETRANGE', key, HOT_AT,
    pack(CHANGED, id, at, ids, expires, total, at, now, first, t[first] or 0, t[first + 1] or 0, t[first + 2] or 0, t[first + 3] or 0, cut, at, spare, '', ''))
  if type(written) == 'table' then break end                           -- memory is full
  local place = (from - 1) % slots
  local fit = min(to - from + 1, slots - place)
  call('SETRANGE', key, RING_AT + place * 8, pack('<' .. string.rep('d', fit), unpack(t, from, from + fit - 1)))
  if from + fit <= to then call('SETRANGE', key, RING_AT, pack('<' .. string.rep('d', to - from - fit + 1), unpack(t, from + fit, to))) end
  return answers
until true

-- ---------------------------------------------------------------- the long way: everything else, key by key
-- Of several keys all are looked at, and `looks` holds how to go on with each, before anything is written. The body of this
-- loop, which ends near the end of the script, is not indented.
local several, looks = #KEYS > 1, {}
for which = 1, #KEYS do
local key, wish, margin, k, head = key, wish, margin, k, head
if which > 1 then
  local _
  key, wish = KEYS[which], ARGV[which]
  _, _, margin, k = unpack_(ALL, wish)
  head = call('GETRANGE', key, '0', k > 1 and WINDOWS_FROM + k * WINDOW_BYTES - 1 or HEAD)
end

-- ---------------------------------------------------------------- bytes: the head in memory, the rest in Redis
local whole = false         -- the state is written anew, with SET
local to = 0                -- where what changed in the head ends

local exists = head ~= ''

local function read(offset, length)
  if offset + length <= #head then return sub(head, offset + 1, offset + length) end
  local bytes
  if offset < #head then           -- what changed in the head is not in Redis yet
    bytes = sub(head, offset + 1) .. call('GETRANGE', key, #head, offset + length - 1)
  else
    bytes = call('GETRANGE', key, offset, offset + length - 1)
  end
  if #bytes < length then error(redis.error_reply(NOT_WHOLE)) end
  return bytes
end

-- ---------------------------------------------------------------- the state
local total, last, adj, not_before, held, expires, newest = 0, 0, 0, 0, 0, 0, 0
local ids = string.rep('\0', IDS_BYTES)
local windows = {}
local calls, open, cap, soonest, latest, paced, queued, leases, called, queue = 0, 0, 0, NONE, 0, 0, 0, '', '', ''
local promised                                     -- the latest time of those of B who were called up and have not come; 0: nobody
local flown, tailed = false, false
if exists or call('EXISTS', key) == 1 then            -- an empty string is somebody else's
  local format = sub(head, 1, 1) == 'R' and #head > 1 and string.byte(head, 2) or 0
  if format > VERSION and format < 32 then            -- a later one, whatever else it looks like; from 32 on it may be text
    return redis.error_reply('RRLFORMAT the state has format ' .. format .. ', this client knows ' .. VERSION)
  end
  if #head < WINDOWS_FROM or format ~= VERSION then
    return redis.error_reply('RRLFOREIGN the key holds a string that is not a limiter state')
  end
  local mark
  mark, adj, not_before, held = unpack_(FRONT, head)
  local count = floor(mark / 65536) % 256
  flown = mark >= FLOWN
  tailed = flown
  local fixed, hot = FRONT_BYTES + 1, FRONT_BYTES + count * FIXED_BYTES + 1
  local moving = hot + HOT_BYTES
  local offset = moving - 1 + count * MOVING_BYTES
  if offset > #head then
    head = call('GETRANGE', key, 0, offset - 1)
    if offset > #head then return redis.error_reply(NOT_WHOLE) end
  end
  local sane = true
  ids, expires, total, newest, last = unpack_(HOT, head, hot)
  for i = 0, count - 1 do
    local w, _ = { cache = {} }
    w.span, w.limit, w.q, w.most, w.slots, w.since, w.forgotten, w.known = unpack_(FIXED, head, fixed + i * FIXED_BYTES)
    w.hint, _, _, _, _, w.cut, w.seen, w.spare = unpack_(MOVING, head, moving + i * MOVING_BYTES)
    w.offset = offset
    sane = sane and w.q > 0 and w.slots > 0 and w.slots <= w.most
    w.top = ceil(total / w.q)
    offset = offset + w.slots * 8
    windows[i + 1] = w
  end
  -- a take notices by itself, before it writes, that a ring is too short: read fails; but of several keys another may be written by then
  if not sane or (k == 0 or several) and #call('GETRANGE', key, offset - 1, offset) ~= (flown and 2 or 1) then
    return redis.error_reply(NOT_WHOLE)
  end
  if flown then
    local flight = call('GETRANGE', key, offset, -1)
    if #flight < FLIGHT_BYTES then return redis.error_reply(NOT_WHOLE) end
    local a, b, c
    calls, open, cap, soonest, latest, paced, queued, a, b, c = unpack_(FLIGHT, flight)
    a = FLIGHT_BYTES + a * LEASE_BYTES
    b = a + b * TICKET_BYTES
    c = b + c * TICKET_BYTES
    if #flight < c then return redis.error_reply(NOT_WHOLE) end
    leases, called, queue = sub(flight, FLIGHT_BYTES + 1, a), sub(flight, a + 1, b), sub(flight, b + 1, c)
  else
    paced = newest
  end
end

local now = raw + adj
local stepped = now < last
if stepped then
  adj = adj + last - now
  now = last
end

-- What Redis refuses because memory is full it lets a key that exists do after a write that needs none.
local function change(...)
  local done = redis.pcall(...)
  if type(done) == 'table' and done.err then
    if exists and find(done.err, 'OOM', 1, true) then call('PEXPIRE', key, max(1, ceil((expires - now) / 1000))) end
    call(...)                                           -- goes on, or fails as it did
  end
end

local function write(offset, bytes)
  local cut = #head - offset
  if cut >= #bytes then
    head = sub(head, 1, offset) .. bytes .. sub(head, offset + #bytes + 1)
    to = max(to, offset + #bytes)
  elseif cut <= 0 then
    change('SETRANGE', key, offset, bytes)
  else
    write(offset, sub(bytes, 1, cut))
    write(offset + cut, sub(bytes, cut + 1))
  end
end

-- The latest time in slot s, 0 where it is known to have left the window.
local function time(w, s)
  if s <= 0 or s <= w.top - w.slots then return 0 end
  local t = w.cache[s]
  if t then return t end
  local p = (s - 1) % w.slots
  local n = min(8, w.slots - p, w.top - s + 1)
  local times = { unpack_('<' .. string.rep('d', n), read(w.offset + p * 8, n * 8)) }
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

local spread = table.unpack or unpack                -- as Lua calls it since 5.2, and before

-- Lists of times, and their bytes. Slot by slot costs ten times as much, and holds up the server for milliseconds.
local function times_of(bytes, into, from)
  for i = 0, #bytes / 8 - 1, MANY do
    local n = min(MANY, #bytes / 8 - i)
    local times = { unpack_('<' .. string.rep('d', n), bytes, i * 8 + 1) }
    for each = 1, n do into[from + i + each - 1] = times[each] end
  end
  return into
end

local function bytes_of(times)
  local parts = {}
  for i = 1, #times, MANY do
    local n = min(MANY, #times - i + 1)
    parts[#parts + 1] = pack('<' .. string.rep('d', n), spread(times, i, i + n - 1))
  end
  return table.concat(parts)
end

-- The times of the slots from a to b, which are about to be looked at one by one.
local function look_at(w, a, b)
  if a <= b then times_of(get(w, a, b), w.cache, a) end
end

-- The first of the slots from a to b - 1 whose time is later than t; b if there is none. Times ascend.
local function later(w, a, b, t)
  while a < b do
    local m = floor((a + b) / 2)
    if time(w, m) > t then b = m else a = m + 1 end
  end
  return a
end

-- An upper bound of the time of credit j, where this window's ring no longer holds it.
local function bound(w, j)
  if j <= 0 or w.slots < w.most then return 0 end
  local oldest = w.top - w.slots + 1
  local t = w.cache[oldest] or time(w, oldest)
  if w.q == 1 and j > w.forgotten and j + w.most > w.since then
    local steps = ceil((oldest - j) / w.most)
    local s = j + steps * w.most
    local later_one = (w.cache[s] or time(w, s)) - steps * w.span
    if later_one < t then t = later_one end
  end
  return t > 0 and t or 0
end

local function time_of(w, j)
  local s = ceil(j / w.q)
  if s > w.top - w.slots then return time(w, s) end
  return bound(w, j)
end

-- ---------------------------------------------------------------- writing the state anew: new windows, larger rings
-- The ring of window w as a list of times, newest first: from its own ring, else from the best that there is. And up
-- to which number a shorter window had forgotten by then what may still be inside this one.
local function history(w, source)
  local times = {}
  local top, past, alike = ceil(total / w.q), now - 2 * w.span, w.q == source.q
  local low = max(1, source.top - source.slots + 1)
  if w.q < 8 * source.q then                             -- else only one slot in many
    look_at(source, max(later(source, low, source.top + 1, past), source.top - ceil(w.most * w.q / source.q)), source.top)
  end
  for s = top, max(1, top - w.most + 1), -1 do
    local t = alike and source.cache[s] or time_of(source, min(s * w.q, total))
    if t <= past then return times, top, t == 0 and source.span < w.span and total or 0 end
    times[#times + 1] = t
  end
  return times, top, 0
end

local function slots_for(w, used, room)
  local slots = min(w.most, FIRST_SLOTS)
  while slots < w.most and slots < used + ceil(room / w.q) + 1 do slots = min(slots * 2, w.most) end
  return slots
end

-- The same for a ring that only grows: its bytes are moved, not read one by one.
local function larger(w, source, room)
  local a = later(source, max(1, source.top - source.slots + 1), source.top + 1, now - 2 * w.span)
  local n = source.top - a + 1
  local slots = slots_for(w, n, room)
  local bytes, place, spare = n > 0 and get(source, a, source.top) or '', (a - 1) % slots * 8, string.rep('\0', (slots - n) * 8)
  w.known = max(source.known, a)
  if place + #bytes > slots * 8 then
    local fit = slots * 8 - place
    return sub(bytes, fit + 1) .. spare .. sub(bytes, 1, fit), slots
  end
  return sub(spare, 1, place) .. bytes .. sub(spare, place + 1), slots
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
    local source, top, ring, slots = w.old or best, ceil(total / w.q)
    if w.old and source.q == w.q and (source.slots < source.most or source.slots >= min(top, w.most)) then
      ring, slots = larger(w, source, room)
    else
      local times = {}
      if source then
        local forgotten
        times, top, forgotten = history(w, source)
        if not w.old then w.forgotten = forgotten end
        w.known = source.q == w.q and max(source.known, source.top - source.slots + 1, top - #times + 1) or top + 1
      end
      slots = slots_for(w, #times, room)
      local places = {}
      for p = 1, slots do places[p] = 0 end
      for n, t in ipairs(times) do
        if n > slots then break end
        places[(top - n) % slots + 1] = t
      end
      ring = bytes_of(places)
    end
    rings[i] = { w, slots, ring }
  end
  table.sort(rings, function(a, b) return a[1].most < b[1].most or (a[1].most == b[1].most and a[1].span < b[1].span) end)
  local offset = WINDOWS_FROM + #rings * WINDOW_BYTES
  local parts = { string.rep('\0', offset) }
  windows = {}
  for i, ring in ipairs(rings) do
    local w = ring[1]
    w.old, w.cache, w.slots, w.offset, w.top = nil, {}, ring[2], offset, ceil(total / w.q)
    w.first = nil
    parts[i + 1] = ring[3]
    offset = offset + ring[2] * 8
    windows[i] = w
  end
  head = table.concat(parts)
end

local function copy(w)
  return { span = w.span, limit = w.limit, q = w.q, most = w.most, seen = w.seen, hint = w.hint, cut = w.cut, since = w.since, forgotten = w.forgotten, known = w.known, spare = w.spare, old = w }
end

-- ---------------------------------------------------------------- the windows this caller names, and those others named
local flags = 0
local wishes = WINDOWS_AT + k * 16
local gap, flies, goes_on, life, lease, shared = 0, false, false, 0, '', nil
if sub(wish, wishes, wishes) == 'G' then
  gap = unpack_('<d', wish, wishes + 1)
  wishes = wishes + OPERATION_BYTES
end
local held_by = sub(wish, wishes, wishes)
if held_by == 'L' or held_by == 'K' then
  flies, goes_on = true, held_by == 'K'
  life, cap, lease = unpack_('<ddc6', wish, wishes + 1)
  wishes = wishes + OPERATION_BYTES
end
if sub(wish, wishes, wishes) == 'M' then
  shared = sub(wish, wishes + 17, wishes + 22)
  local alike = (unpack_('<d', wish, wishes + 1))
  wishes = wishes + OPERATION_BYTES
  if alike > 0 then wish = sub(wish, 1, wishes - 1) .. string.rep(sub(wish, wishes), alike) end
end

if k > 0 or flies then
  local named, list, fresh = {}, {}, false
  for i = 0, k - 1 do
    local span, limit = unpack_('<dd', wish, WINDOWS_AT + i * 16)
    named[span] = limit
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
        if q ~= w.q then c.hint, c.spare = 1, 0 end
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
      seen = now, hint = 1, cut = 0, since = total + open, forgotten = 0, known = 1, spare = 0, named = true,
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
    return later(w, low, s - 1, cut)     -- the hint was too late: look below it
  end
  for _ = 1, 8 do
    if s > top or time(w, s) > cut then return s end
    s = s + 1
  end
  return later(w, s, top + 1, cut)
end

local function enter(w)
  if not w.first then
    w.width = w.span + margin
    w.first = first_inside(w, now - w.width)
    w.hint, w.cut = w.first, now - w.width
  end
end

-- ---------------------------------------------------------------- the operations
local changed = false
local outlives = 0          -- a line that a pause has moved needs the state for that much longer

-- The time for which an operation of this name was decided, if it was one of the last.
local function seen_before(id)
  for p = 1, IDS_BYTES, ID_BYTES do
    if sub(ids, p, p + 5) == id then return (unpack_('<I7', ids, p + 6)) end
  end
end

local function remember(id, at)
  ids = pack('<c6I7', id, at) .. sub(ids, 1, IDS_BYTES - ID_BYTES)
end

local function left()
  local least = cap > 0 and cap - calls or 2^31 - 1
  for _, w in ipairs(windows) do
    least = min(least, w.own - max(0, total + open - (w.first - 1) * w.q))
  end
  return max(0, least)
end

local function promised_until()
  if not promised then
    promised = 0
    for p = 1, #called, TICKET_BYTES do
      local _, _, mode, _, _, _, at = unpack_(TICKET, called, p)
      if mode == 'B' then promised = max(promised, at) end
    end
  end
  return promised
end

-- The least margin of those who are queued, or this one: who stands before somebody waits no longer than by that.
local function least_margin(margin)
  for p = 1, #queue, TICKET_BYTES do margin = min(margin, (unpack_('<I7', queue, p + 34))) end
  return margin
end

-- When n more credits may go, behind `ahead` that are queued for; and whether that is only the least it can be, since calls in flight must
-- end first. Of who stands in the queue: by the margin and the gap that he states, not by those of who makes this trip.
local function earliest(n, ahead, his_margin, his_gap)
  local behind, unknown = open + (ahead or 0), false
  local margin, gap, wider = his_margin or margin, his_gap or gap, (his_margin or 0) > margin
  local at = max(now, not_before, newest, latest)
  if gap > 0 and paced > 0 then at = max(at, paced + n * gap) end
  if #called > 0 and promised_until() > 0 then
    at = max(at, promised)
    if gap > 0 then at, unknown = max(at, now + n * gap), true end
  end
  for _, w in ipairs(windows) do
    local j, width = total + behind + n - w.own, w.span + margin
    local left = wider and 0 or (w.first - 1) * w.q        -- by the margin of this trip
    if n > w.own then
      at = max(at, w.seen + 2 * w.span)  -- another caller's smaller limit: not before that is forgotten
    elseif j > total then
      unknown = true
      -- every `own` credits need a window, back to one that is in flight, and ends now at the earliest, or to one of the ring
      local turns = ceil((behind - open + n) / w.own)
      local m, each = total + behind + n - turns * w.own, turns > 1 and w.span + least_margin(margin) or 0
      if m > total then at = max(at, now + width + (turns - 1) * each)
      elseif turns > 1 then at = max(at, now + width + (turns - 2) * each) end
      if m <= total and m > left then at = max(at, time_of(w, m) + width + (turns - 1) * each) end
    elseif j > left then
      at = max(at, time_of(w, j) + width)
    end
  end
  return at, unknown
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
    if top - s > MANY then w.cache = {} end
    for i = s, min(top, s + MANY) do w.cache[i] = at end
    if w.named then
      w.limit = w.own
      w.seen = max(at, latest, #called > 0 and promised_until() or 0)   -- remembered as long as what was taken through it
    end
    if n > w.own then w.since = total + n end            -- its credits no longer span a window
  end
  total = total + n
  newest = at
end

-- The same for a time that may lie before others': theirs stay, behind it. A slot that several share may hold a later time.
local function add_among(n, at)
  if at >= newest then return add(n, at) end
  add(n, newest)
  for _, w in ipairs(windows) do
    if w.q == 1 then
      local top = w.top - n
      local s = later(w, max(1, w.top - w.slots + 1), top + 1, at)
      if s <= top then
        put(w, s, string.rep(pack('<d', at), n) .. get(w, s, top))
        w.cache = {}
        if s <= w.since then w.since = w.since + n end
        if s <= w.forgotten then w.forgotten = w.forgotten + n end
        if s < w.known then w.known = w.known + n end
      end
    end
  end
end

local function take(n, max_wait, id)
  for _, w in ipairs(windows) do enter(w) end
  if not shared then
    local at = seen_before(id)
    if at then return 0, at, left(), (earliest(1, queued)) end
  end
  local at, unknown = earliest(n, queued)
  if unknown then return not_before > now and 2 or 1, at, left(), at end
  if at - now > max_wait then
    return not_before > now and 2 or 1, at, left(), (earliest(1, queued))
  end
  add(n, at)
  paced = at
  if not shared then
    remember(id, at)
  elseif sub(ids, 1, 6) ~= shared then
    remember(shared, at)
  end
  last = now
  changed = true
  return 0, at, left(), (earliest(1, queued))
end

local flight = flown or flies
local give_back, refund, pause
if k == 0 or flight then                                 -- nobody else pays for them
  -- What ring w knows of credits granted for exactly `at`: number of the newest, how many of n, and how sure that is: 3 exactly;
  -- 2 at least so many (others may have fallen out); 1 perhaps (it has only upper bounds of their times); 0 at most (they share
  -- slots).
  local function granted_for(w, at, n)
    local low = max(1, w.top - w.slots + 1)
    local last_slot = later(w, low, w.top + 1, at) - 1
    local s = max(later(w, low, last_slot + 1, at - 1) - 1, last_slot - ceil(n / w.q))
    local known, sure = max(low, w.known), 1
    if w.q > 1 then sure = 0
    elseif s >= known or known == 1 or (last_slot - s == n and s + 1 >= known) then sure = 3
    elseif last_slot >= known then sure = 2 end
    return last_slot * w.q, min(n, (last_slot - s) * w.q), sure
  end

  local function drop(w, j, n, after)
    -- credits j-n+1 .. j go; the later ones move down
    local m = w.q == 1 and n or ceil(n / w.q)
    local old_top, low = w.top, max(1, w.top - w.slots + 1)
    local top = ceil(after / w.q)
    local s = ceil((j - n + 1) / w.q)                      -- the first slot that takes another's time
    local a = max(s + m, low)
    local bytes = a <= old_top and get(w, a, old_top) or ''
    local final = pack('<d', time(w, old_top))
    local target = a - m
    local need = (top - target + 1) * 8
    if #bytes > need then bytes = sub(bytes, 1, max(0, need)) end
    while #bytes < need do bytes = bytes .. final end
    -- the positions that become free hold what fell out of the ring before, never more of them than there are slots
    local lost, fill, latest = max(1, top - w.slots + 1), {}, time(w, low)
    local filled = min(top, old_top - w.slots)
    if filled >= lost and w.slots >= w.most then look_at(w, max(low, top + 1), old_top) end
    for i = filled, lost, -1 do
      local t = bound(w, i * w.q)
      if t < latest then latest = t end                    -- times ascend, also those that are only bounds
      if i < target then fill[i - lost + 1] = latest end
    end
    w.top = top
    w.since = w.since - max(0, min(w.since, j) - (j - n))
    w.forgotten = w.forgotten - max(0, min(w.forgotten, j) - (j - n))
    w.cache = {}
    w.first, w.hint, w.spare = nil, 1, 0
    local known = max(low, w.known)
    w.known = max(known - m, min(known, s))
    if #bytes > 0 then put(w, target, bytes) end
    if #fill > 0 then put(w, lost, bytes_of(fill)) end
  end

  -- No ring believes a time later than `latest`: otherwise they would not ascend after the next grant.
  local function limit_to(w, latest)
    if time(w, w.top) > latest then
      local s = later(w, max(1, w.top - w.slots + 1), w.top + 1, latest)
      put(w, s, string.rep(pack('<d', latest), w.top - s + 1))
      w.cache = {}
    end
  end

  function give_back(n, at)
    local j, count, sure = 0, 0, 0
    for _, w in ipairs(windows) do         -- the ring that knows best decides
      local newest_one, found, how = granted_for(w, at, n)
      if how == 3 then
        j, count = newest_one, found
        break
      end
      if found > 0 and (count == 0 or how > sure) then j, sure = newest_one, how end
      count = max(count, found)
    end
    j = min(j, total)
    count = min(count, j)
    if count > 0 then
      for _, w in ipairs(windows) do drop(w, j, count, total - count) end
      total = total - count
      newest = 1e300                     -- each ring has an upper bound of it, or 0: it is in the past
      for _, w in ipairs(windows) do newest = min(newest, time(w, w.top)) end
      for _, w in ipairs(windows) do limit_to(w, newest > 0 and newest or last) end
      if paced == at then paced = max(newest, latest) end     -- open credits stand in no ring
      changed = true
    end
    return count
  end

  function refund(n, at, id)
    if seen_before(id) then return 0 end   -- the driver has sent it twice
    local count = give_back(n, at)
    if count > 0 then remember(id, at) end
    return count
  end

  function pause(duration)
    local d = now + duration - max(now, not_before)
    if d > 0 then
      held = held + d
      not_before = now + duration
      for _, w in ipairs(windows) do
        if w.seen > now then w.seen = w.seen + d end
        local s = later(w, max(1, w.top - w.slots + 1), w.top + 1, now)
        if s <= w.top then
          local times = times_of(get(w, s, w.top), {}, 1)
          for i, t in ipairs(times) do times[i] = t + d end
          put(w, s, bytes_of(times))
          w.cache = {}
        end
      end
      if newest > now then newest, outlives = newest + d, expires + d end
      if latest > now then latest, outlives = latest + d, expires + d end
      if paced > now then paced = paced + d end
      for p = 1, #called, TICKET_BYTES do
        local at = unpack_('<I7', called, p + 27)
        promised = nil
        if at > now then called = sub(called, 1, p + 26) .. pack('<I7', at + d) .. sub(called, p + 34) end
      end
      for p = 1, IDS_BYTES, ID_BYTES do
        local at = unpack_('<I7', ids, p + 6)
        if at > now then ids = sub(ids, 1, p + 5) .. pack('<I7', at + d) .. sub(ids, p + ID_BYTES) end
      end
      if head == '' then lay({}, 0) end
      last = now
      changed = true
    end
    return held
  end
end

-- ---------------------------------------------------------------- calls in flight
local alive, asking, newcomer = 0
local end_silent, call_up, begin, ended, not_made, withdraw, go_on

if flight then                                           -- nobody else pays for them
  -- Where a record begins that holds this, `after` so many bytes.
  local function find_record(list, size, id, after)
    local p, begin = find(list, id, 1, true), 1 + (after or 0)
    while p and (p - begin) % size ~= 0 do p = find(list, id, p + 1, true) end
    return p
  end

  local function without(list, size, p)
    return sub(list, 1, p - 1) .. sub(list, p + size)
  end

  -- Where a lease stands, nil if it is not known, and what it holds: calls, their open credits, until when.
  local function lease_of(id)
    local p = find_record(leases, LEASE_BYTES, id)
    if not p then return nil, 0, 0, 0 end
    local _, c, o, until_ = unpack_(LEASE, leases, p)
    return p, c, o, until_
  end

  local function hold(p, id, c, o, until_)
    local record = pack(LEASE, id, c, o, until_)
    leases = p and sub(leases, 1, p - 1) .. record .. sub(leases, p + LEASE_BYTES) or leases .. record
    soonest, alive, last, changed = min(soonest, until_), max(alive, until_), now, true
  end

  local function renew()
    local p, c, o, until_ = lease_of(lease)
    hold(p, lease, c, o, max(until_, now + life))
  end

  -- One call less, and as many of its credits as count: their number.
  local function free(p, id, c, o, until_, n)
    n = min(n, o)
    calls, open = calls - 1, open - n
    hold(p, id, c - 1, o - n, until_)
    return n
  end

  -- A lease that holds nothing any more is not kept.
  local function let_go(id)
    local p, c = lease_of(id)
    if p and c == 0 and not find_record(called, TICKET_BYTES, id, 6) and not find_record(queue, TICKET_BYTES, id, 6) then
      leases, changed = without(leases, LEASE_BYTES, p), changed or id ~= newcomer
    end
  end

  -- Of all, or of one lease.
  local function credits_of(list, id)
    local sum = 0
    for p = 1, #list, TICKET_BYTES do
      if not id or sub(list, p + 6, p + 11) == id then sum = sum + unpack_('<I4', list, p + 13) end
    end
    return sum
  end

  local function tickets_of_others(list, id)
    if not find_record(list, TICKET_BYTES, id, 6) then return list end
    local kept = {}
    for p = 1, #list, TICKET_BYTES do
      if sub(list, p + 6, p + 11) ~= id then kept[#kept + 1] = sub(list, p, p + TICKET_BYTES - 1) end
    end
    return table.concat(kept)
  end

  -- Takes out one who was called up: as unpacked, but the first number.
  local function come(p)
    local _, owner, mode, n, _, _, at = unpack_(TICKET, called, p)
    called, promised = without(called, TICKET_BYTES, p), nil
    return owner, mode, n, at
  end

  -- Leases that ran out: their calls ended then.
  function end_silent()
    if soonest > now then return end
    local kept, gone = {}, {}
    soonest = NONE
    for p = 1, #leases, LEASE_BYTES do
      local id, c, o, until_ = unpack_(LEASE, leases, p)
      if until_ > now then
        kept[#kept + 1] = sub(leases, p, p + LEASE_BYTES - 1)
        soonest = min(soonest, until_)
      else
        gone[#gone + 1] = { id = id, c = c, o = o, at = until_ }
      end
    end
    leases = table.concat(kept)
    table.sort(gone, function(a, b) return a.at < b.at end)
    for _, one in ipairs(gone) do
      calls, open, last, changed = calls - one.c, open - one.o, now, true
      local made = one.o - credits_of(called, one.id)
      if made > 0 then add(made, max(newest, one.at)) end
      promised = nil
      called, queue = tickets_of_others(called, one.id), tickets_of_others(queue, one.id)
    end
    queued = credits_of(queue)
    for _, w in ipairs(windows) do                         -- what ended long ago has left already
      w.first = nil
      enter(w)
    end
  end

  -- Gives what is free to those who stand first in the queue.
  function call_up()
    for _, w in ipairs(windows) do enter(w) end
    while #queue > 0 do
      local id, owner, mode, n, most, deadline, _, his_margin, his_gap = unpack_(TICKET, queue)
      if most > 0 and calls >= most then break end         -- by the cap that he states, not by that of who makes this trip
      for _, w in ipairs(windows) do
        if w.named and n > w.own then return end           -- by its own, larger limit: he who states that will do it
      end
      local at, unknown = earliest(n, 0, his_margin, his_gap)
      if unknown then break end
      queue, queued = sub(queue, TICKET_BYTES + 1), queued - n
      changed, last = true, now
      if at <= deadline then
        local p, c, o, until_ = lease_of(owner)
        if mode == 'C' then latest = at elseif promised then promised = max(promised, at) end
        for _, w in ipairs(windows) do
          if w.named then w.limit, w.seen = w.own, max(w.seen, at) end
        end
        calls, open, paced = calls + 1, open + n, at
        hold(p, owner, c + 1, o + n, until_)
        called = called .. pack(TICKET, id, owner, mode, n, most, deadline, at, his_margin, his_gap)
        if most > 0 and id ~= asking then
          -- Goes out when the script has ended. Without the right to publish he is called up all the same.
          local told = redis.pcall('PUBLISH', CHANNEL .. string.format('%.0f', (unpack_('<I4', owner))), id)
          if type(told) == 'table' and flags < 4 then flags = flags + 4 end
        end
      end
    end
  end

  function begin(mode, n, max_wait, id)
    if goes_on and not lease_of(lease) then return 4, now, 0, now end
    asking = id
    local again
    if head == '' then lay({}, 0) end
    local p = find_record(called, TICKET_BYTES, id)
    if not p then
      local at = seen_before(id)
      if at then return 0, at, left(), (earliest(1)) end
      p = find_record(queue, TICKET_BYTES, id)
      local ticket = pack(TICKET, id, lease, mode, n, cap, now + max_wait, 0, margin, gap)
      again = p
      if p then
        queue = sub(queue, 1, p - 1) .. ticket .. sub(queue, p + TICKET_BYTES)
      else
        queue, queued = queue .. ticket, queued + n
      end
      if not lease_of(lease) then
        leases, newcomer = leases .. pack(LEASE, lease, 0, 0, now + life), lease
      end
      call_up()
      p = find_record(called, TICKET_BYTES, id)
    end
    if p then
      local owner, mode, credits, at = come(p)
      if mode == 'B' then
        local q, c, o, until_ = lease_of(owner)
        at = max(now, not_before, at)
        open, paced = open - credits, max(paced, at)
        hold(q, owner, c, o - credits, until_)
        add_among(credits, at)
      end
      remember(id, at)
      renew()
      if mode == 'B' then call_up() end                    -- who waits for his time to be known
      return 0, at, left(), (earliest(1))
    end
    p = find_record(queue, TICKET_BYTES, id)
    local ahead = 0
    if p then ahead = again and credits_of(sub(queue, 1, p - 1)) or queued - n end
    local at = earliest(n, ahead)
    if p and max_wait > 0 and at - now <= max_wait then
      renew()
      return 3, at, left(), at
    end
    if p then queue, queued, changed = without(queue, TICKET_BYTES, p), queued - n, changed or again end
    let_go(lease)
    return not_before > now and 2 or 1, at, left(), at
  end

  function ended(n, id)
    local p, c, o, until_ = lease_of(lease)
    if not p then return 0 end
    if c == 0 or not shared and seen_before(id) then return 1 end
    n = free(p, lease, c, o, max(until_, now + life), n)
    if n > 0 then add(n, max(now, newest)) end
    if not shared then
      remember(id, now)
    elseif sub(ids, 1, 6) ~= shared then
      remember(shared, now)
    end
    call_up()
    let_go(lease)
    return 1
  end

  function not_made(n, ticket, id)
    if seen_before(id) then return lease_of(lease) and 1 or 0 end
    local whose = lease
    local p = find_record(queue, TICKET_BYTES, ticket)
    if p then
      queue, queued, changed, last = without(queue, TICKET_BYTES, p), queued - unpack_('<I4', queue, p + 13), true, now
      remember(id, now)
    else
      local c, o, until_, _
      p = find_record(called, TICKET_BYTES, ticket)
      if p then whose, _, n = come(p) end
      p, c, o, until_ = lease_of(whose)
      if not p then return 0 end
      if c == 0 then return 1 end
      free(p, whose, c, o, until_, n)
      remember(id, now)
    end
    call_up()
    let_go(whose)
    return 1
  end

  function withdraw(n, ticket, id)
    if find_record(queue, TICKET_BYTES, ticket) or find_record(called, TICKET_BYTES, ticket) or seen_before(ticket) then
      return not_made(n, ticket, id)
    end
    return lease_of(lease) and 1 or 0
  end

  function go_on()
    if not lease_of(lease) then return 0 end
    renew()
    return 1
  end
end

-- ---------------------------------------------------------------- what changed is written, with its TTL
local function save()
  if changed then
    local need, ttl = max(0, newest - now), nil
    for _, w in ipairs(windows) do need = max(need, newest - now + w.span + margin) end
    need = max(need, not_before - now, outlives - now)
    flown = #leases > 0
    local tail, width = WINDOWS_FROM + #windows * WINDOW_BYTES, 0
    for _, w in ipairs(windows) do tail, width = tail + w.slots * 8, max(width, w.span + margin) end
    if tailed and not flown and not whole then             -- the end of the string goes
      head = #head < tail and head .. call('GETRANGE', key, #head, tail - 1) or sub(head, 1, tail)
      whole = true
    end
    if flight then
      for p = whole and 1 or NONE, #leases, LEASE_BYTES do alive = max(alive, (unpack_('<I7', leases, p + 13))) end
      need = max(need, max(alive, latest) - now + width)
      flight = pack(FLIGHT, calls, open, cap, soonest, latest, paced, queued, #leases / LEASE_BYTES, #called / TICKET_BYTES, #queue / TICKET_BYTES)
        .. leases .. called .. queue
    end
    if whole or now + need > expires then
      ttl = ceil((need + max(SPARE_LIFE, need / 8)) / 1000)
      expires = now + ttl * 1000
    end
    local parts, n = { pack(FRONT, MARK + #windows * 65536 + (flown and FLOWN or 0), adj, not_before, held) }, #windows
    parts[n + 2] = pack(HOT, ids, expires, total, newest, last)
    for i, w in ipairs(windows) do
      parts[i + 1] = pack(FIXED, w.span, w.limit, w.q, w.most, w.slots, w.since, w.forgotten, w.known)
      parts[n + i + 2] = pack(MOVING, w.hint, 0, 0, 0, 0, w.cut, w.seen, w.spare)
    end
    local front = table.concat(parts)
    head = front .. sub(head, #front + 1)
    if whole then
      change('SET', key, flown and head .. flight or head, 'PX', ttl)
    else
      if ttl then call('PEXPIRE', key, ttl) end
      change('SETRANGE', key, 0, sub(head, 1, max(#front, to)))
      if flown then
        change('SETRANGE', key, tail, flight)
      end
    end
  elseif stepped and exists then
    change('SETRANGE', key, ADJ_AT, pack('<I7', adj))
  end
end

-- ---------------------------------------------------------------- the operations in turn
local answers, tried, until_, grant = {}
if shared and seen_before(shared) then return pack(ANSWER, raw, now, held, 8) end
if flight and (k > 0 or flies) then            -- giving back and pausing name no windows: the next one goes on
  for _, w in ipairs(windows) do enter(w) end
  end_silent()
  call_up()
end
for i = wishes, #wish, OPERATION_BYTES do
  local op, a, b, id = unpack_('<c1ddc6', wish, i)
  if op == 'T' then
    answers[#answers + 1] = pack(ANSWER, take(a, b, id))
  elseif op == 'R' then
    local early = tried == 'N' and now <= until_ and not seen_before(id)
    local sure = not tried or (tried == 'S' and now <= until_) or seen_before(grant)
    answers[#answers + 1] = pack(ANSWER, sure and not early and refund(a, b, id) or 0, early and 1 or 0, 0, 0)
  elseif op == 'S' or op == 'N' then
    tried, until_, grant = op, a, id
  elseif op == 'P' then
    answers[#answers + 1] = pack(ANSWER, pause(b > 0 and min(a, b - raw) or a), 0, 0, 0)
  elseif op == 'B' or op == 'C' then
    answers[#answers + 1] = pack(ANSWER, begin(op, a, b, id))
  elseif op == 'E' then
    answers[#answers + 1] = pack(ANSWER, ended(a, id), 0, 0, 0)
  elseif op == 'X' then
    answers[#answers + 1] = pack(ANSWER, not_made(a, pack('<I6', b), id), 0, 0, 0)
  elseif op == 'W' then
    answers[#answers + 1] = pack(ANSWER, withdraw(a, pack('<I6', b), id), 0, 0, 0)
  elseif op == 'H' then
    answers[#answers + 1] = pack(ANSWER, go_on(), 0, 0, 0)
  else
    for _, w in ipairs(windows) do enter(w) end
    looks[which] = {
      exists = exists, seen = seen_before(id), at = earliest(a, queued), now = now, adj = adj, code = not_before > now and 2 or 1,
      -- Redis checks each command by itself: it may let the script write one key, and not the next. So each command that writes is
      -- sent first where it changes nothing.
      try = function()
        change('SETRANGE', key, 0, '')
        change('SET', key, '', exists and 'NX' or 'XX')
        local need = latest - now
        for _, w in ipairs(windows) do need = max(need, latest - now + w.width, w.width) end
        if not exists then
          call('PEXPIRE', key, 1)
        elseif alive > 0 or now + need > expires then
          call('PEXPIRE', key, max(1, ceil((expires - now) / 1000)))
        end
      end,
      take = function()
        local answer = pack(ANSWER, take(a, 0, id))
        save()
        return pack(ANSWER, raw, now, held, flags) .. answer
      end,
      leave = function(code, at)
        save()                                           -- a clock that stepped back, perhaps
        return pack(ANSWER, raw, now, held, flags) .. pack(ANSWER, code, at, left(), (earliest(1, queued)))
      end,
    }
  end
end

if not looks[which] then
  save()
  return pack(ANSWER, raw, now, held, flags) .. table.concat(answers)
end
end

-- ---------------------------------------------------------------- several keys: all or none
local free, before = true, nil
for _, look in ipairs(looks) do
  free = free and look.at <= look.now
  if look.seen then before = look.seen - look.adj end    -- the driver has sent it twice: what one key still knows holds for all
end
if free and not before then
  for _, exists in ipairs({ false, true }) do            -- new keys first: a full memory refuses those only until something is written
    for _, look in ipairs(looks) do
      if look.exists == exists then look.try() end
    end
  end
end
local replies = {}
for i, look in ipairs(looks) do
  if before then
    replies[i] = look.leave(0, look.seen or before + look.adj)
  elseif free then
    replies[i] = look.take()
  else
    replies[i] = look.leave(look.code, look.at)
  end
end
return table.concat(replies)
