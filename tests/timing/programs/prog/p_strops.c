/* Measured program p_strops.c; prog.h has what all share. */
#include "prog.h"
static char a[64][40], b[2600];
u64 work(void) { u32 s = 9; u64 h = 0; for (int i = 0; i < 64; i++) { int n = 8 + (lcg(&s) >> 27); for (int j = 0; j < n; j++) a[i][j] = 'a' + (lcg(&s) >> 16) % 3; a[i][n] = 0; }
  char *p = b; for (int i = 0; i < 64; i++) { strcpy(p, a[i]); p += strlen(p); } h = strlen(b);
  for (int i = 0; i < 64; i++) for (int j = 0; j < i; j++) h = h * 3 + (strcmp(a[i], a[j]) > 0);
  for (int i = 0; b[i]; i++) if (b[i] == 'a' && b[i + 1] == 'b') h += i; return h; }
