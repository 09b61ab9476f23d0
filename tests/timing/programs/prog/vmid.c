/* Identity map of 4-KiB pages, for runs in S-mode. */
typedef unsigned long u64;
static u64 root[512] __attribute__((aligned(4096))), l1[512] __attribute__((aligned(4096))), l0[4][512] __attribute__((aligned(4096)));
void vm_identity(void) {
  for (int k = 0; k < 4; k++) { for (int i = 0; i < 512; i++) l0[k][i] = ((0x80000000ul + k * 0x200000ul + i * 4096ul) >> 12 << 10) | 0xcf; l1[k] = ((u64)l0[k] >> 12 << 10) | 1; }
  root[2] = ((u64)l1 >> 12 << 10) | 1;
  asm volatile("csrw pmpaddr0,%0\n csrw pmpcfg0,%1" :: "r"(-1ul), "r"(0x1ful));
  asm volatile("csrw satp,%0\n sfence.vma" :: "r"((8ul << 60) | ((u64)root >> 12)));
}
