/* String functions for the measured programs. */
typedef unsigned long u64; typedef unsigned char u8;
void *memcpy(void *d, const void *s, u64 n) { u8 *a = d; const u8 *b = s;
  if (!(((u64)a | (u64)b) & 7)) { while (n >= 8) { *(u64 *)a = *(u64 *)b; a += 8; b += 8; n -= 8; } }
  while (n--) *a++ = *b++; return d; }
void *memset(void *d, int c, u64 n) { u8 *a = d; while (n && ((u64)a & 7)) { *a++ = c; n--; }
  u64 w = (u8)c * 0x0101010101010101ul; while (n >= 8) { *(u64 *)a = w; a += 8; n -= 8; } while (n--) *a++ = c; return d; }
void *memmove(void *d, const void *s, u64 n) { u8 *a = d; const u8 *b = s; if (a < b) return memcpy(d, s, n); while (n--) a[n] = b[n]; return d; }
int memcmp(const void *x, const void *y, u64 n) { const u8 *a = x, *b = y; while (n--) { if (*a != *b) return *a - *b; a++; b++; } return 0; }
u64 strlen(const char *s) { u64 n = 0; while (s[n]) n++; return n; }
int strcmp(const char *a, const char *b) { while (*a && *a == *b) a++, b++; return (u8)*a - (u8)*b; }
char *strcpy(char *d, const char *s) { char *r = d; while ((*d++ = *s++)); return r; }
