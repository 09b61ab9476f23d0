/* Emulation of what a hart may leave to the firmware: reading time, and misaligned loads and stores.
 * Misaligned accesses of floating-point registers and of atomics go to S-mode as the traps they are. */
#include <firmware.h>

#define CSR_TIME	0xc01

struct access {
	bool store, sign;
	int size;		/* bytes */
	int reg;		/* destination, or source of a store */
};

static uint32_t bits(uint32_t value, int high, int low)
{
	return value >> low & ((1U << (high - low + 1)) - 1);
}

static bool is_compressed(uint32_t instruction)
{
	return (instruction & 3) != 3;
}

static void fault(struct trap_frame *f)
{
	redirect_trap(f, csr_read("mcause"), csr_read("mtval"));
}

/* Bits that let a load see memory as the interrupted mode does; mstatus.MPP still says which that is. */
static unsigned long as_interrupted(const struct trap_frame *f, unsigned long extra)
{
	csr_clear("mstatus", MSTATUS_MPP);
	csr_set("mstatus", f->mstatus & MSTATUS_MPP);
	return MSTATUS_MPRV | extra;
}

bool fetch_instruction(struct trap_frame *f, uint32_t *instruction)
{
	unsigned long view = as_interrupted(f, MSTATUS_MXR);
	uint8_t byte;

	*instruction = 0;
	for (int i = 0; i < 4; i++) {
		if (i == 2 && is_compressed(*instruction))
			break;
		if (!try_load((const char *)f->mepc + i, &byte, view)) {
			/* A load fault here is S-mode's fetch fault. */
			unsigned long cause = csr_read("mcause") == CAUSE_LOAD_PAGE ? CAUSE_FETCH_PAGE
										    : CAUSE_FETCH_ACCESS;

			redirect_trap(f, cause, csr_read("mtval"));
			return false;
		}
		*instruction |= (uint32_t)byte << 8 * i;
	}
	return true;
}

/* csrrs rd, time, x0 and the forms that also only read it. */
bool emulate_csr(struct trap_frame *f, uint32_t instruction)
{
	int funct3 = bits(instruction, 14, 12), rd = bits(instruction, 11, 7);
	bool reads_only = (funct3 & 2) && !bits(instruction, 19, 15);

	if ((instruction & 0x7f) != 0x73 || !reads_only || instruction >> 20 != CSR_TIME)
		return false;
	if (rd)
		f->x[rd] = clint_time();
	f->mepc += 4;
	return true;
}

static bool decode_full(uint32_t i, struct access *a)
{
	int funct3 = bits(i, 14, 12);

	a->store = (i & 0x7f) == 0x23;
	if ((i & 0x7f) != 0x03 && !a->store)
		return false;
	a->size = 1 << (funct3 & 3);
	a->sign = !(funct3 & 4);
	a->reg = a->store ? bits(i, 24, 20) : bits(i, 11, 7);
	return true;
}

static bool decode_compressed(uint32_t i, struct access *a)
{
	int funct3 = bits(i, 15, 13), quadrant = i & 3;

	/* c.lw c.ld c.sw c.sd in quadrant 0, the stack-relative ones in quadrant 2; odd rows are FP or other. */
	if (quadrant == 1 || (funct3 != 2 && funct3 != 3 && funct3 != 6 && funct3 != 7))
		return false;
	a->store = funct3 & 4;
	a->size = funct3 & 1 ? 8 : 4;
	a->sign = true;
	if (quadrant == 0)
		a->reg = 8 + bits(i, 4, 2);
	else
		a->reg = a->store ? bits(i, 6, 2) : bits(i, 11, 7);
	return true;
}

static bool load(struct trap_frame *f, const struct access *a, unsigned long address)
{
	unsigned long view = as_interrupted(f, f->mstatus & MSTATUS_MXR), value = 0;
	uint8_t byte;

	for (int i = 0; i < a->size; i++) {
		if (!try_load((const char *)address + i, &byte, view)) {
			fault(f);
			return false;
		}
		value |= (unsigned long)byte << 8 * i;
	}
	if (a->sign && a->size < 8)
		value = (long)(value << (64 - 8 * a->size)) >> (64 - 8 * a->size);
	if (a->reg)
		f->x[a->reg] = value;
	return true;
}

static bool store(struct trap_frame *f, const struct access *a, unsigned long address)
{
	unsigned long view = as_interrupted(f, 0), value = a->reg ? f->x[a->reg] : 0;

	for (int i = 0; i < a->size; i++)
		if (!try_store((char *)address + i, value >> 8 * i, view)) {
			fault(f);
			return false;
		}
	return true;
}

void emulate_misaligned(struct trap_frame *f, unsigned long cause, unsigned long address)
{
	struct access a;
	uint32_t instruction;

	if (!fetch_instruction(f, &instruction))
		return;
	if (!(is_compressed(instruction) ? decode_compressed : decode_full)(instruction, &a)) {
		redirect_trap(f, cause, address);
		return;
	}
	if (a.store ? store(f, &a, address) : load(f, &a, address))
		f->mepc += is_compressed(instruction) ? 2 : 4;
}
