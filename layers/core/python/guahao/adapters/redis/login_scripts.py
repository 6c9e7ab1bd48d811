"""What Redis does in one step for login codes; the keys are told in `login_codes.py`."""

# With `most` codes in a window, the most-th newest must lie a window back. Of the limits reached, the one that heals last is told.
# The hour of a phone is the clock's, which the epoch counts too. Weighed once more after the code, the same tells when the next may come.
ISSUE = """
local now, known, proven, request = tonumber(ARGV[1]), ARGV[2] == '1', ARGV[3] == '1', ARGV[4]
local minute, hour, day = 60000, 3600000, 86400000
local sms, counted, strangers = {}, {}, {}
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - day)
for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1, 'REV')) do
  local at, kind = string.match(member, '^(%d+) (%a+) ')
  table.insert(sms, tonumber(at))
  if kind ~= 'used' then table.insert(counted, tonumber(at)) end
  if kind == 'stranger' then table.insert(strangers, tonumber(at)) end
end
local function from_address(most) return tonumber(redis.call('LINDEX', KEYS[3], most - 1) or nil) end
local function weighed()
  local rule, healed = '', now
  local function weigh(name, nth, heals)
    if nth and heals(nth) > healed then rule, healed = name, heals(nth) end
  end
  local function after(window) return function(at) return at + window end end
  local function of_the_clock(at) return at - at % hour + hour end
  weigh('loginCodesPerMinute', sms[tonumber(ARGV[8])], after(minute))
  weigh('loginCodesPerHour', counted[tonumber(ARGV[9])], of_the_clock)
  weigh('loginCodesPerDay', counted[tonumber(ARGV[10])], after(day))
  if not known then
    weigh('loginCodesPerHour', strangers[tonumber(ARGV[11])], of_the_clock)
    weigh('loginCodesPerDay', strangers[tonumber(ARGV[12])], after(day))
  end
  weigh('loginCodesPerAddressHour', from_address(ARGV[13]), after(hour))
  return rule, healed
end
local rule, healed = weighed()
if rule ~= '' then return {rule, healed} end
local oldest = from_address(ARGV[15])
if not proven and (#counted >= tonumber(ARGV[14]) or (oldest and oldest + hour > now)) then return {'challenge', 0} end

local kind = known and 'known' or 'stranger'
redis.call('ZADD', KEYS[2], now, ARGV[1] .. ' ' .. kind .. ' ' .. request)
redis.call('PEXPIRE', KEYS[2], day)
for _, times in ipairs(known and {sms, counted} or {sms, counted, strangers}) do table.insert(times, 1, now) end
redis.call('LPUSH', KEYS[3], ARGV[1])
redis.call('LTRIM', KEYS[3], 0, math.max(tonumber(ARGV[13]), tonumber(ARGV[15])) - 1)
redis.call('PEXPIRE', KEYS[3], hour)
if now >= tonumber(redis.call('HGET', KEYS[1], 'ends') or 0) then redis.call('DEL', KEYS[1]) end
redis.call('HSETNX', KEYS[1], 'left', ARGV[6])
redis.call('HSET', KEYS[1], 'digest', ARGV[5], 'ends', now + ARGV[7])
redis.call('PEXPIRE', KEYS[1], ARGV[7])
rule, healed = weighed()
return {'', healed}
"""

WITHDRAW = """
for _, kind in ipairs({'known', 'stranger', 'used'}) do
  redis.call('ZREM', KEYS[2], ARGV[2] .. ' ' .. kind .. ' ' .. ARGV[1])
end
if ARGV[3] == '1' then redis.call('DEL', KEYS[1]) end
return 0
"""

# A guess at a code that does not live cannot be right, so it costs the phone nothing.
CHECK = """
local now, proven, request = tonumber(ARGV[1]), ARGV[2] == '1', ARGV[3]
local hour, day = 3600000, 86400000
local function heals(times, most, window)
  local nth = redis.call('LINDEX', times, most - 1)
  return nth and nth + window > now and nth + window
end
local function count(times, most, window)
  redis.call('LPUSH', times, ARGV[1])
  redis.call('LTRIM', times, 0, most - 1)
  redis.call('PEXPIRE', times, window)
end
local flood = heals(KEYS[4], ARGV[6], hour)
if flood then return {'loginGuessesPerAddressHour', flood} end
local code = redis.call('HMGET', KEYS[1], 'digest', 'ends')
local living = code[1] and now < tonumber(code[2])
if living and not proven and heals(KEYS[3], ARGV[5], day) then return {'unproven', 0} end
if living and code[1] == ARGV[4] then
  redis.call('DEL', KEYS[1])
  for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    local at, _, of = string.match(member, '^(%d+) (%a+) (.+)$')
    if of == request then
      redis.call('ZREM', KEYS[2], member)
      redis.call('ZADD', KEYS[2], at, at .. ' used ' .. of)
    end
  end
  return {'right', 0}
end
count(KEYS[4], ARGV[6], hour)
if living then
  count(KEYS[3], ARGV[5], day)
  if redis.call('HINCRBY', KEYS[1], 'left', -1) <= 0 then redis.call('DEL', KEYS[1]) end
end
return {'wrong', 0}
"""
