/* The boot hart's way from reset to S-mode, and where the other harts join. */
#include <sbi.h>

#define FW_DYNAMIC_MAGIC	0x4942534f
#define MODE_S			1

/* How a loader says what comes after the firmware (OpenSBI's fw_dynamic, version 2). */
struct fw_dynamic_info {
	unsigned long magic, version, next_addr, next_mode, options, boot_hart;
};

unsigned int boot_hart_done;	/* start.S: the other harts may go on */

_Noreturn void firmware_main(unsigned long hartid, void *fdt, const struct fw_dynamic_info *info);
_Noreturn void secondary_main(void);

static void check_next(const struct fw_dynamic_info *info)
{
	if (!info || info->magic != FW_DYNAMIC_MAGIC)
		panic("a2 does not point to a fw_dynamic_info: nothing says what to start");
	if (info->next_mode != MODE_S)
		panic("fw_dynamic_info asks for a mode that is not S-mode (1)");
	if (!info->next_addr)
		panic("no kernel was loaded: pass one with -kernel");
	if (info->next_addr >= (uintptr_t)_fw_start && info->next_addr < (uintptr_t)_fw_limit)
		panic("the next program lies in the firmware's own memory");
}

static void banner(unsigned long hartid)
{
	print("hartbeat firmware: SBI v2.0, ");
	print_decimal(platform.hart_count);
	print(platform.hart_count == 1 ? " hart" : " harts");
	print(", boot hart ");
	print_decimal(hartid);
	print("\n");
}

static void release_others(unsigned long self)
{
	__atomic_store_n(&boot_hart_done, 1, __ATOMIC_RELEASE);
	for (unsigned long hart = 0; hart < MAX_HARTS; hart++)
		if (hart != self && platform.hart_present[hart])
			clint_send_ipi(hart);
}

void firmware_main(unsigned long hartid, void *fdt, const struct fw_dynamic_info *info)
{
	uintptr_t start = (uintptr_t)_fw_start;

	platform_init(fdt);
	check_next(info);
	hart_init();
	banner(hartid);
	if (!fdt_reserve(fdt, start, (uintptr_t)_fw_limit - start, platform.ram_end))
		print("firmware: no room in the device tree to reserve the firmware's memory\n");
	hsm_boot_hart(hartid);
	release_others(hartid);
	enter_supervisor(hartid, (unsigned long)fdt, info->next_addr);
}

void secondary_main(void)
{
	hart_init();
	hsm_wait();
}
