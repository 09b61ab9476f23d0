/* The machine, read from its device tree: console, interruptor, finisher, harts and RAM. */
#include <firmware.h>

/* Until the device tree has been read, and for saying that it cannot be: QEMU's virt machine. */
struct platform platform = { .uart = 0x10000000, .finisher = 0x100000 };

static bool is_enabled(const struct fdt_node *node)
{
	return !node->status || !strcmp(node->status, "okay") || !strcmp(node->status, "ok");
}

static void visit(const struct fdt_node *node)
{
	if (!node->reg || !is_enabled(node))
		return;
	if (node->device_type && !strcmp(node->device_type, "cpu")) {
		uint64_t hartid = fdt_reg(node, 0);

		if (hartid < MAX_HARTS && !platform.hart_present[hartid]) {
			platform.hart_present[hartid] = true;
			platform.hart_count++;
		}
	} else if (node->device_type && !strcmp(node->device_type, "memory")) {
		uint64_t start = fdt_reg(node, 0), size = fdt_reg(node, 1);

		if (start <= (uintptr_t)_fw_start && (uintptr_t)_fw_start - start < size) {
			platform.ram_start = start;
			platform.ram_end = start + size;
		}
	} else if (!platform.uart && (fdt_compatible(node, "ns16550a") || fdt_compatible(node, "ns16550"))) {
		platform.uart = fdt_reg(node, 0);
		platform.uart_shift = node->reg_shift;
	} else if (!platform.clint &&
		   (fdt_compatible(node, "riscv,clint0") || fdt_compatible(node, "sifive,clint0"))) {
		platform.clint = fdt_reg(node, 0);
	} else if (!platform.finisher && fdt_compatible(node, "sifive,test0")) {
		platform.finisher = fdt_reg(node, 0);
	}
}

void platform_init(const void *fdt)
{
	const char *wrong = fdt_check(fdt);

	if (wrong) {
		print("firmware: device tree at ");
		print_hex((uintptr_t)fdt);
		print(": ");
		print(wrong);
		print("; pass a valid one in a1\n");
		finish(ENDING_FAILURE);
	}
	memset(&platform, 0, sizeof(platform));
	fdt_for_each_node(fdt, visit);
	uart_init();
	if (!platform.clint)
		panic("the device tree has no riscv,clint0: no timer, no interrupts between harts");
	if (!platform.ram_end)
		panic("the device tree has no memory node for the RAM that holds the firmware");
}
