/* Measured program p_list.c; prog.h has what all share. */
#include "prog.h"
typedef struct N { struct N *n; u64 v; u64 pad[2]; } N; static N pool[800];
static N *merge(N *a, N *b) { N h, *t = &h; while (a && b) { if (a->v <= b->v) { t->n = a; a = a->n; } else { t->n = b; b = b->n; } t = t->n; } t->n = a ? a : b; return h.n; }
static N *msort(N *l) { if (!l || !l->n) return l; N *s = l, *f = l->n; while (f && f->n) { s = s->n; f = f->n->n; } N *r = s->n; s->n = 0; return merge(msort(l), msort(r)); }
u64 work(void) { u32 s = 5; N *l = 0; for (int i = 0; i < 800; i++) { N *p = &pool[(i * 337) % 800]; p->v = lcg(&s); p->n = l; l = p; }
  l = msort(l); u64 h = 0; for (int r = 0; r < 4; r++) for (N *p = l; p; p = p->n) h = h * 5 + p->v; return h; }
