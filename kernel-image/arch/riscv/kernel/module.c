/*
 * Relocations of modules (RISC-V ELF psABI, "Relocations").
 *
 * Modules lie in the image's own gigabyte, so that whatever they call or
 * address is within the reach of auipc; what is not there is refused.
 */
#include <linux/err.h>
#include <linux/string.h>

#include "../../../kernel/module/internal.h"

#define U_IMM(v) ((u32)((v) + 0x800) & 0xfffff000)
#define I_IMM(v) ((u32)(v) << 20)
#define S_IMM(v) (((u32)(v) & 0xfe0) << 20 | ((u32)(v) & 0x1f) << 7)

static bool fits(s64 v, int bits)
{
	return v >= -(1L << (bits - 1)) && v < 1L << (bits - 1);
}

/* Instructions are aligned to two bytes. */
static u32 get32(const void *p)
{
	const u16 *half = p;

	return half[0] | (u32)half[1] << 16;
}

static void put32(void *p, u32 v)
{
	((u16 *)p)[0] = v;
	((u16 *)p)[1] = v >> 16;
}

static void patch(void *p, u32 mask, u32 bits)
{
	put32(p, (get32(p) & ~mask) | (bits & mask));
}

static u32 b_imm(s64 v)
{
	return (v & 0x1000) << 19 | (v & 0x7e0) << 20 | (v & 0x1e) << 7 | (v & 0x800) >> 4;
}

static u32 j_imm(s64 v)
{
	return (v & 0x100000) << 11 | (v & 0x7fe) << 20 | (v & 0x800) << 9 | (v & 0xff000);
}

static u16 cb_imm(s64 v)
{
	return (v & 0x100) << 4 | (v & 0x18) << 7 | (v & 0xc0) >> 1 | (v & 0x6) << 2 | (v & 0x20) >> 3;
}

static u16 cj_imm(s64 v)
{
	return (v & 0x800) << 1 | (v & 0x10) << 7 | (v & 0x300) << 1 | (v & 0x400) >> 2 | (v & 0x40) << 1 |
	       (v & 0x80) >> 1 | (v & 0xe) << 2 | (v & 0x20) >> 3;
}

/* Adds to or takes from a value in place, as long as the type says. */
static void accumulate(void *p, unsigned int bytes, s64 v)
{
	u64 old = 0;

	memcpy(&old, p, bytes);
	old += v;
	memcpy(p, &old, bytes);
}

/* v: symbol and addend; pc: the place. -ERANGE if it does not fit, -ENOEXEC for a type that is not known. */
static int apply_one(void *place, unsigned int type, s64 v, s64 pc)
{
	s64 delta = v - pc;

	switch (type) {
	case R_RISCV_NONE:
	case R_RISCV_RELAX:
		return 0;
	case R_RISCV_32:
		memcpy(place, &v, 4);
		return v == (s32)v || v == (u32)v ? 0 : -ERANGE;
	case R_RISCV_64:
		memcpy(place, &v, 8);
		return 0;
	case R_RISCV_32_PCREL:
		memcpy(place, &delta, 4);
		return fits(delta, 32) ? 0 : -ERANGE;
	case R_RISCV_BRANCH:
		patch(place, b_imm(~0L), b_imm(delta));
		return fits(delta, 13) ? 0 : -ERANGE;
	case R_RISCV_JAL:
		patch(place, j_imm(~0L), j_imm(delta));
		return fits(delta, 21) ? 0 : -ERANGE;
	case R_RISCV_RVC_BRANCH:
		*(u16 *)place = (*(u16 *)place & ~cb_imm(~0L)) | cb_imm(delta);
		return fits(delta, 9) ? 0 : -ERANGE;
	case R_RISCV_RVC_JUMP:
		*(u16 *)place = (*(u16 *)place & ~cj_imm(~0L)) | cj_imm(delta);
		return fits(delta, 12) ? 0 : -ERANGE;
	case R_RISCV_CALL:
	case R_RISCV_CALL_PLT:
		patch(place, 0xfffff000, U_IMM(delta));
		patch(place + 4, 0xfff00000, I_IMM(delta));
		return fits(delta + 0x800, 32) ? 0 : -ERANGE;
	case R_RISCV_PCREL_HI20:
		patch(place, 0xfffff000, U_IMM(delta));
		return fits(delta + 0x800, 32) ? 0 : -ERANGE;
	case R_RISCV_ADD8: accumulate(place, 1, v); return 0;
	case R_RISCV_ADD16: accumulate(place, 2, v); return 0;
	case R_RISCV_ADD32: accumulate(place, 4, v); return 0;
	case R_RISCV_ADD64: accumulate(place, 8, v); return 0;
	case R_RISCV_SUB8: accumulate(place, 1, -v); return 0;
	case R_RISCV_SUB16: accumulate(place, 2, -v); return 0;
	case R_RISCV_SUB32: accumulate(place, 4, -v); return 0;
	case R_RISCV_SUB64: accumulate(place, 8, -v); return 0;
	}
	return -ENOEXEC;
}

static unsigned int width(unsigned int type)
{
	switch (type) {
	case R_RISCV_NONE:
	case R_RISCV_RELAX:
		return 0;
	case R_RISCV_ADD8:
	case R_RISCV_SUB8:
		return 1;
	case R_RISCV_RVC_BRANCH:
	case R_RISCV_RVC_JUMP:
	case R_RISCV_ADD16:
	case R_RISCV_SUB16:
		return 2;
	case R_RISCV_64:
	case R_RISCV_CALL:
	case R_RISCV_CALL_PLT:
	case R_RISCV_ADD64:
	case R_RISCV_SUB64:
		return 8;
	}
	return 4;
}

/* One relocation section, with what all of its entries refer to. */
struct target {
	const struct load_info *info;
	const struct elf64_rela *rela;
	unsigned long num, num_symbols;
	const struct elf64_sym *symbols;
	char *base;
	unsigned long size;
};

static s64 value_of(const struct target *t, const struct elf64_rela *rela)
{
	return t->symbols[ELF64_R_SYM(rela->r_info)].st_value + rela->r_addend;
}

/* The low part of an address: its symbol is the auipc, whose own relocation says what is addressed. */
static int apply_pcrel_lo12(const struct target *t, void *place, const struct elf64_rela *rela)
{
	unsigned long auipc = value_of(t, rela);
	unsigned int type = ELF64_R_TYPE(rela->r_info);

	for (unsigned long i = 0; i < t->num; i++) {
		s64 delta;

		if (ELF64_R_TYPE(t->rela[i].r_info) != R_RISCV_PCREL_HI20 ||
		    (unsigned long)t->base + t->rela[i].r_offset != auipc ||
		    ELF64_R_SYM(t->rela[i].r_info) >= t->num_symbols)
			continue;
		delta = value_of(t, &t->rela[i]) - auipc;
		if (type == R_RISCV_PCREL_LO12_I)
			patch(place, I_IMM(~0U), I_IMM(delta));
		else
			patch(place, S_IMM(~0U), S_IMM(delta));
		return 0;
	}
	pr_err("%s: no R_RISCV_PCREL_HI20 for the low part at offset %lx\n", t->info->name, rela->r_offset);
	return -ENOEXEC;
}

static int relocate(const struct target *t, const struct elf64_rela *rela)
{
	unsigned int type = ELF64_R_TYPE(rela->r_info), bytes = width(type);
	char *place = t->base + rela->r_offset;
	int err;

	if (ELF64_R_SYM(rela->r_info) >= t->num_symbols || rela->r_offset > t->size || bytes > t->size - rela->r_offset ||
	    (bytes > 1 && rela->r_offset % 2)) {
		pr_err("%s: a relocation of type %u at offset %lx leads out of its section\n", t->info->name, type,
		       rela->r_offset);
		return -ENOEXEC;
	}
	if (type == R_RISCV_PCREL_LO12_I || type == R_RISCV_PCREL_LO12_S)
		return apply_pcrel_lo12(t, place, rela);
	err = apply_one(place, type, value_of(t, rela), (s64)place);
	if (err == -ERANGE) {
		pr_err("%s: what a relocation of type %u at offset %lx refers to is out of its reach\n", t->info->name, type,
		       rela->r_offset);
		return -ENOEXEC;
	}
	if (err)
		pr_err("%s: Unknown relocation type %u\n", t->info->name, type);
	return err;
}

int apply_relocate_add(const struct load_info *info, unsigned int relsec, struct module *mod)
{
	const struct elf64_shdr *rel = &info->sechdrs[relsec], *sym = &info->sechdrs[info->index.sym];
	const struct target t = {
		.info = info,
		.rela = (void *)info->hdr + rel->sh_offset,
		.num = rel->sh_size / sizeof(struct elf64_rela),
		.symbols = (void *)info->hdr + sym->sh_offset,
		.num_symbols = sym->sh_size / sizeof(struct elf64_sym),
		.base = (char *)info->sechdrs[rel->sh_info].sh_addr,
		.size = info->sechdrs[rel->sh_info].sh_size,
	};

	for (unsigned long i = 0; i < t.num; i++) {
		int err = relocate(&t, &t.rela[i]);

		if (err)
			return err;
	}
	return 0;
}
