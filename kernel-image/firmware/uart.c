/* The console: a 16550 UART, polled. */
#include <firmware.h>

enum { RBR = 0, THR = 0, IER = 1, FCR = 2, LCR = 3, LSR = 5 };	/* register numbers */

#define LSR_DATA_READY	0x01
#define LSR_THR_EMPTY	0x20
#define LCR_8N1		0x03
#define FCR_ENABLE	0x01

static uintptr_t uart_register(int number)
{
	return platform.uart + ((uintptr_t)number << platform.uart_shift);
}

void uart_init(void)
{
	if (!platform.uart)
		return;
	mmio_write8(uart_register(IER), 0);
	mmio_write8(uart_register(LCR), LCR_8N1);
	mmio_write8(uart_register(FCR), FCR_ENABLE);
}

void uart_putc(char c)
{
	if (!platform.uart)
		return;
	while (!(mmio_read8(uart_register(LSR)) & LSR_THR_EMPTY))
		;
	mmio_write8(uart_register(THR), c);
}

int uart_getc(void)
{
	if (!platform.uart || !(mmio_read8(uart_register(LSR)) & LSR_DATA_READY))
		return -1;
	return mmio_read8(uart_register(RBR));
}

void print(const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			uart_putc('\r');
		uart_putc(*s);
	}
}

static void print_base(uint64_t value, unsigned int base)
{
	char digits[24], *p = digits + sizeof(digits);

	*--p = '\0';
	do {
		*--p = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	print(p);
}

void print_hex(uint64_t value)
{
	print("0x");
	print_base(value, 16);
}

void print_decimal(uint64_t value)
{
	print_base(value, 10);
}
