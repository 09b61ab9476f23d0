# Has GDB forget what it has read whenever a monitor command may have changed it: goto, reset, phys. GDB cannot know, since
# the machine stood still for it. Use: gdb-multiarch -x editors/gdb/hartbeat.gdb
define hookpost-monitor
  maintenance flush register-cache
  maintenance flush dcache
end
