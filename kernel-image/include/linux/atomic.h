/* Atomic counters on the A extension, through the compiler's builtins. */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <asm/barrier.h>

#define ATOMIC_INIT(i) { (i) }
#define ATOMIC64_INIT(i) { (i) }

#define xchg(p, v) __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define cmpxchg(p, old, new) ({						\
	typeof(*(p)) _o = (old);					\
	__atomic_compare_exchange_n(p, &_o, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
	_o;								\
})

#define DEFINE_ATOMIC_OPS(pfx, T, I)					\
static inline I pfx##_read(const T *v) { return READ_ONCE(v->counter); }	\
static inline void pfx##_set(T *v, I i) { WRITE_ONCE(v->counter, i); }	\
static inline void pfx##_add(I i, T *v) { __atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline void pfx##_sub(I i, T *v) { __atomic_fetch_sub(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline void pfx##_inc(T *v) { pfx##_add(1, v); }			\
static inline void pfx##_dec(T *v) { pfx##_sub(1, v); }			\
static inline void pfx##_or(I i, T *v) { __atomic_fetch_or(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline void pfx##_and(I i, T *v) { __atomic_fetch_and(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline I pfx##_add_return(I i, T *v) { return __atomic_add_fetch(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline I pfx##_sub_return(I i, T *v) { return __atomic_sub_fetch(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline I pfx##_inc_return(T *v) { return pfx##_add_return(1, v); }	\
static inline I pfx##_dec_return(T *v) { return pfx##_sub_return(1, v); }	\
static inline bool pfx##_dec_and_test(T *v) { return pfx##_dec_return(v) == 0; }	\
static inline I pfx##_xchg(T *v, I i) { return xchg(&v->counter, i); }	\
static inline I pfx##_cmpxchg(T *v, I o, I n) { return cmpxchg(&v->counter, o, n); }	\
static inline bool pfx##_inc_not_zero(T *v)				\
{									\
	I old = pfx##_read(v);						\
	do {								\
		if (!old)						\
			return false;					\
	} while (!__atomic_compare_exchange_n(&v->counter, &old, old + 1, 0, \
					      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)); \
	return true;							\
}

DEFINE_ATOMIC_OPS(atomic, atomic_t, int)
DEFINE_ATOMIC_OPS(atomic64, atomic64_t, s64)
DEFINE_ATOMIC_OPS(atomic_long, atomic_long_t, s64)

typedef struct {
	atomic_t refs;
} refcount_t;

#define REFCOUNT_INIT(n) { .refs = ATOMIC_INIT(n) }
static inline void refcount_set(refcount_t *r, int n) { atomic_set(&r->refs, n); }
static inline void refcount_inc(refcount_t *r) { atomic_inc(&r->refs); }
static inline bool refcount_inc_not_zero(refcount_t *r) { return atomic_inc_not_zero(&r->refs); }
static inline bool refcount_dec_and_test(refcount_t *r) { return atomic_dec_and_test(&r->refs); }

#endif
