/* Debugging the states of objects: using what is not initialised, initialising what is in use. */
#ifndef _LINUX_DEBUGOBJECTS_H
#define _LINUX_DEBUGOBJECTS_H

enum debug_obj_state { ODEBUG_STATE_INIT, ODEBUG_STATE_ACTIVE, ODEBUG_STATE_INACTIVE };

void debug_objects_early_init(void);
void debug_objects_mem_init(void);

/* type names the kind of object in messages. */
void debug_object_init(const void *addr, const char *type);
void debug_object_activate(const void *addr, const char *type);
void debug_object_deactivate(const void *addr, const char *type);
void debug_object_free(const void *addr, const char *type);	/* its memory goes: it must not be active */

#endif
