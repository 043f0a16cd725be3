"""The changes of a job that must happen whole: Lua, run inside Redis.

Everywhere KEYS[1] is the job's hash and KEYS[2] the lock, which holds the id of the one job at work and runs out when
its process gives no sign of life. States are JSON strings, quotes included.
"""

_OVER = """
local state = redis.call('HGET', KEYS[1], 'state')
if not state or state == '"succeeded"' or state == '"failed"' or state == '"cancelled"' then return 0 end
"""

# KEYS[3] all jobs by time; ARGV id, lease ms, score, how many to keep, prefix of job keys, fields and values.
# The id of the job that holds the lock, or nothing when this one does now.
CREATE = """
local holder = redis.call('GET', KEYS[2])
if holder then return holder end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
for _, old in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1 - ARGV[4])) do
  redis.call('DEL', ARGV[5] .. old)
  redis.call('ZREM', KEYS[3], old)
end
return false
"""

# ARGV id, lease ms, fields and values. 0: over, or another job holds the lock; 1: go on; 2: asked to stop.
BEAT = f"""{_OVER}
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
if redis.call('HGET', KEYS[1], 'cancelling') == 'true' then return 2 end
return 1
"""

# ARGV id, '1' to leave a job alone whose lock still holds, fields and values. 1 when this ended the job.
FINISH = f"""{_OVER}
local holder = redis.call('GET', KEYS[2])
if ARGV[2] == '1' and holder == ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
if holder == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1
"""

# 1 when the job was not over and is asked to stop.
CANCEL = f"""{_OVER}
redis.call('HSET', KEYS[1], 'cancelling', 'true')
return 1
"""
