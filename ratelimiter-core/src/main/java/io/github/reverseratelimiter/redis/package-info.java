/** Credits counted in Redis: all Redis knowledge that is not Lua, behind one port that runs a script. */
@NullMarked
package io.github.reverseratelimiter.redis;

import org.jspecify.annotations.NullMarked;
