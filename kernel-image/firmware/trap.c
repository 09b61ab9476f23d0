/* Traps from S- and U-mode: SBI calls, the machine's interrupts, emulation, and the rest for S-mode. */
#include <sbi.h>

void handle_trap(struct trap_frame *f);

static bool from_firmware(const struct trap_frame *f)
{
	return (f->mstatus & MSTATUS_MPP) == MSTATUS_MPP;
}

static _Noreturn void panic_trap(const struct trap_frame *f, unsigned long cause)
{
	print("firmware: trap in M-mode on hart ");
	print_decimal(hart_id());
	print(", mcause ");
	print_hex(cause);
	print(", mepc ");
	print_hex(f->mepc);
	print(", mtval ");
	print_hex(csr_read("mtval"));
	print("\n");
	finish(ENDING_FAILURE);
}

/* As the hart itself would have delivered it, had it been delegated (Privileged ISA, 4.1.1). */
void redirect_trap(struct trap_frame *f, unsigned long cause, unsigned long tval)
{
	csr_write("scause", cause);
	csr_write("sepc", f->mepc);
	csr_write("stval", tval);
	f->mepc = csr_read("stvec") & ~3UL;

	f->mstatus &= ~(MSTATUS_SPP | MSTATUS_SPIE);
	if (f->mstatus & MSTATUS_MPP)
		f->mstatus |= MSTATUS_SPP;
	if (f->mstatus & MSTATUS_SIE)
		f->mstatus |= MSTATUS_SPIE;
	f->mstatus &= ~(MSTATUS_SIE | MSTATUS_MPP);
	f->mstatus |= MSTATUS_MPP_S;
}

static void illegal_instruction(struct trap_frame *f)
{
	uint32_t instruction = csr_read("mtval");

	/* mtval may be zero instead of the instruction. */
	if (!instruction && !fetch_instruction(f, &instruction))
		return;
	if (!emulate_csr(f, instruction))
		redirect_trap(f, CAUSE_ILLEGAL, instruction);
}

void handle_trap(struct trap_frame *f)
{
	unsigned long cause = csr_read("mcause");

	if (from_firmware(f))
		panic_trap(f, cause);
	switch (cause) {
	case CAUSE_MACHINE_TIMER:
		timer_interrupt();
		break;
	case CAUSE_MACHINE_SOFT:
		ipi_process();
		break;
	case CAUSE_S_ECALL:
		sbi_ecall(f);
		break;
	case CAUSE_ILLEGAL:
		illegal_instruction(f);
		break;
	case CAUSE_LOAD_MISALIGNED: case CAUSE_STORE_MISALIGNED:
		emulate_misaligned(f, cause, csr_read("mtval"));
		break;
	default:
		redirect_trap(f, cause, csr_read("mtval"));
	}
}
