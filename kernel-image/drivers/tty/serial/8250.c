/*
 * The NS16550A serial port: terminal lines ttyS0 and up, and the console of printk.
 *
 * port->lock (interrupts off) covers the registers and the transmit ring. The
 * transmitter's interrupt is enabled only while the ring holds something. The
 * console writes past the ring, by polling, so that a message is out when
 * printk returns, even from a panic.
 */
#include <linux/console.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tty.h>
#include <asm/io.h>

#define UART_RX		0
#define UART_TX		0
#define UART_DLL	0
#define UART_DLM	1
#define UART_IER	1
#define UART_FCR	2
#define UART_LCR	3
#define UART_MCR	4
#define UART_LSR	5

#define UART_IER_RDI	0x01
#define UART_IER_THRI	0x02
#define UART_FCR_ENABLE_FIFO	0x01
#define UART_FCR_CLEAR_RCVR	0x02
#define UART_FCR_CLEAR_XMIT	0x04
#define UART_LCR_WLEN8	0x03
#define UART_LCR_DLAB	0x80
#define UART_MCR_DTR	0x01
#define UART_MCR_RTS	0x02
#define UART_MCR_OUT2	0x08
#define UART_LSR_DR	0x01
#define UART_LSR_THRE	0x20

#define UART_FIFO_SIZE	16
#define UART_NR		4
#define XMIT_SIZE	4096

struct uart_port {
	void __iomem *membase;
	unsigned int regshift, iowidth, clock;
	int irq;
	spinlock_t lock;
	u8 ier;
	bool stopped;
	size_t head, tail;		/* free-running */
	unsigned char xmit[XMIT_SIZE];
	struct tty_struct *tty;
	struct console console;
};

static struct tty_struct *serial8250_ttys[UART_NR];
static struct tty_driver serial8250_driver;
static unsigned int nr_ports;

static unsigned int serial_in(struct uart_port *port, int reg)
{
	void __iomem *addr = port->membase + (reg << port->regshift);

	return port->iowidth == 4 ? readl(addr) : readb(addr);
}

static void serial_out(struct uart_port *port, int reg, unsigned int value)
{
	void __iomem *addr = port->membase + (reg << port->regshift);

	if (port->iowidth == 4)
		writel(value, addr);
	else
		writeb(value, addr);
}

static void set_ier(struct uart_port *port, u8 ier)
{
	if (port->ier == ier)
		return;
	port->ier = ier;
	serial_out(port, UART_IER, ier);
}

static size_t xmit_fill(const struct uart_port *port)
{
	return port->head - port->tail;
}

/* The transmitter is empty: gives it a FIFO's worth. */
static void tx_chars(struct uart_port *port)
{
	for (int i = 0; i < UART_FIFO_SIZE && xmit_fill(port) && !port->stopped; i++)
		serial_out(port, UART_TX, port->xmit[port->tail++ % XMIT_SIZE]);
	set_ier(port, xmit_fill(port) && !port->stopped ? port->ier | UART_IER_THRI : port->ier & ~UART_IER_THRI);
}

static void start_tx(struct uart_port *port)
{
	if (!xmit_fill(port) || port->stopped || (port->ier & UART_IER_THRI))
		return;
	if (serial_in(port, UART_LSR) & UART_LSR_THRE)
		tx_chars(port);
	else
		set_ier(port, port->ier | UART_IER_THRI);
}

static irqreturn_t serial8250_interrupt(int irq, void *dev)
{
	struct uart_port *port = dev;
	unsigned char buf[64];
	bool handled = false, sent = false;
	unsigned long flags;

	for (;;) {
		int got = 0;
		u8 lsr;

		spin_lock_irqsave(&port->lock, flags);
		lsr = serial_in(port, UART_LSR);
		while ((lsr & UART_LSR_DR) && got < (int)sizeof(buf)) {
			buf[got++] = serial_in(port, UART_RX);
			lsr = serial_in(port, UART_LSR);
		}
		if ((lsr & UART_LSR_THRE) && (port->ier & UART_IER_THRI)) {
			tx_chars(port);
			sent = handled = true;
		}
		spin_unlock_irqrestore(&port->lock, flags);
		if (!got)
			break;
		handled = true;
		if (port->tty)
			n_tty_receive_buf(port->tty, buf, got);
	}
	if (sent && port->tty && xmit_fill(port) < XMIT_SIZE / 4)
		tty_wakeup(port->tty);
	return handled ? IRQ_HANDLED : IRQ_NONE;
}

static int uart_write(struct tty_struct *tty, const unsigned char *buf, int count)
{
	struct uart_port *port = tty->driver_data;
	unsigned long flags;
	int done = 0;

	spin_lock_irqsave(&port->lock, flags);
	while (done < count && xmit_fill(port) < XMIT_SIZE)
		port->xmit[port->head++ % XMIT_SIZE] = buf[done++];
	start_tx(port);
	spin_unlock_irqrestore(&port->lock, flags);
	return done;
}

static int uart_chars_in_buffer(struct tty_struct *tty)
{
	struct uart_port *port = tty->driver_data;
	unsigned long flags;
	int fill;

	spin_lock_irqsave(&port->lock, flags);
	fill = xmit_fill(port);
	spin_unlock_irqrestore(&port->lock, flags);
	return fill;
}

static int uart_write_room(struct tty_struct *tty)
{
	return XMIT_SIZE - uart_chars_in_buffer(tty);
}

static void uart_flush_buffer(struct tty_struct *tty)
{
	struct uart_port *port = tty->driver_data;
	unsigned long flags;

	spin_lock_irqsave(&port->lock, flags);
	port->tail = port->head;
	spin_unlock_irqrestore(&port->lock, flags);
}

static void uart_set_stopped(struct tty_struct *tty, bool stopped)
{
	struct uart_port *port = tty->driver_data;
	unsigned long flags;

	spin_lock_irqsave(&port->lock, flags);
	port->stopped = stopped;
	start_tx(port);
	spin_unlock_irqrestore(&port->lock, flags);
}

static void uart_stop(struct tty_struct *tty)
{
	uart_set_stopped(tty, true);
}

static void uart_start(struct tty_struct *tty)
{
	uart_set_stopped(tty, false);
}

static void set_divisor(struct uart_port *port, unsigned int baud)
{
	unsigned int divisor = port->clock / (16 * baud);

	if (!divisor)
		return;
	serial_out(port, UART_LCR, UART_LCR_WLEN8 | UART_LCR_DLAB);
	serial_out(port, UART_DLL, divisor & 0xff);
	serial_out(port, UART_DLM, divisor >> 8);
	serial_out(port, UART_LCR, UART_LCR_WLEN8);
}

static unsigned int baud_rate(unsigned int cflag)
{
	switch (cflag & CBAUD) {
	case B9600:
		return 9600;
	case B38400:
		return 38400;
	case B57600:
		return 57600;
	default:
		return 115200;
	}
}

static void uart_set_termios(struct tty_struct *tty, const struct termios *old)
{
	struct uart_port *port = tty->driver_data;
	unsigned long flags;

	if (!((old->c_cflag ^ tty->termios.c_cflag) & CBAUD))
		return;
	spin_lock_irqsave(&port->lock, flags);
	set_divisor(port, baud_rate(tty->termios.c_cflag));
	spin_unlock_irqrestore(&port->lock, flags);
}

static int uart_get_serial(struct tty_struct *tty, struct serial_struct *serial)
{
	struct uart_port *port = tty->driver_data;

	serial->type = PORT_16550A;
	serial->irq = port->irq;
	serial->baud_base = port->clock / 16;
	return 0;
}

static const struct tty_operations uart_ops = {
	.write = uart_write,
	.write_room = uart_write_room,
	.chars_in_buffer = uart_chars_in_buffer,
	.flush_buffer = uart_flush_buffer,
	.set_termios = uart_set_termios,
	.stop = uart_stop,
	.start = uart_start,
	.get_serial = uart_get_serial,
};

static struct tty_driver serial8250_driver = {
	.name = "ttyS",
	.major = TTY_MAJOR,
	.minor_start = 64,
	.num = UART_NR,
	.ops = &uart_ops,
	.ttys = serial8250_ttys,
};

static void console_putchar(struct uart_port *port, unsigned char c)
{
	while (!(serial_in(port, UART_LSR) & UART_LSR_THRE))
		cpu_relax();
	serial_out(port, UART_TX, c);
}

static void serial8250_console_write(struct console *con, const char *s, unsigned int count)
{
	struct uart_port *port = con->data;
	unsigned long flags;
	bool locked = true;

	if (oops_in_progress) {
		local_irq_save(flags);
		locked = spin_trylock(&port->lock);
	} else {
		spin_lock_irqsave(&port->lock, flags);
	}
	/* What a program wrote before comes out before. */
	while (xmit_fill(port) && !port->stopped)
		console_putchar(port, port->xmit[port->tail++ % XMIT_SIZE]);
	for (unsigned int i = 0; i < count; i++) {
		if (s[i] == '\n')
			console_putchar(port, '\r');
		console_putchar(port, s[i]);
	}
	if (locked)
		spin_unlock(&port->lock);
	local_irq_restore(flags);
}

static struct tty_driver *serial8250_console_device(struct console *con, int *index)
{
	*index = con->index;
	return &serial8250_driver;
}

static void setup_console(struct uart_port *port, int index)
{
	const char *options;

	if (!console_wanted("ttyS", index, &options))
		return;
	strscpy(port->console.name, "ttyS", sizeof(port->console.name));
	port->console.index = index;
	port->console.write = serial8250_console_write;
	port->console.device = serial8250_console_device;
	port->console.flags = CON_PRINTBUFFER;
	port->console.data = port;
	register_console(&port->console);
}

static void init_registers(struct uart_port *port)
{
	serial_out(port, UART_IER, 0);
	set_divisor(port, 115200);
	serial_out(port, UART_LCR, UART_LCR_WLEN8);
	serial_out(port, UART_FCR, UART_FCR_ENABLE_FIFO | UART_FCR_CLEAR_RCVR | UART_FCR_CLEAR_XMIT);
	serial_out(port, UART_MCR, UART_MCR_DTR | UART_MCR_RTS | UART_MCR_OUT2);
	set_ier(port, UART_IER_RDI);
}

static int of_serial_probe(struct platform_device *pdev)
{
	struct device_node *np = pdev->of_node;
	struct uart_port *port;
	int ret;

	if (nr_ports == UART_NR)
		return -ENOSPC;
	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		return -ENOMEM;
	spin_lock_init(&port->lock);
	port->iowidth = 1;
	of_property_read_u32(np, "reg-shift", &port->regshift);
	of_property_read_u32(np, "reg-io-width", &port->iowidth);
	of_property_read_u32(np, "clock-frequency", &port->clock);
	port->membase = of_iomap(np, 0);
	port->irq = of_irq_get(np, 0);
	port->tty = tty_init_dev(&serial8250_driver, nr_ports, port);
	if (!port->membase || port->irq < 0 || !port->tty) {
		ret = port->irq < 0 ? port->irq : -ENOMEM;
		goto fail;
	}
	init_registers(port);
	ret = request_irq(port->irq, serial8250_interrupt, IRQF_SHARED, "ttyS", port);
	if (ret)
		goto fail;
	setup_console(port, nr_ports);
	pr_info("%s at MMIO (irq = %d, base_baud = %u) is a 16550A\n", port->tty->name, port->irq, port->clock / 16);
	nr_ports++;
	return 0;
fail:
	serial8250_ttys[nr_ports] = NULL;
	kfree(port->tty);
	kfree(port);
	return ret;
}

static const struct of_device_id of_serial_table[] = {
	{ .compatible = "ns16550a" },
	{ .compatible = "ns16550" },
	{ },
};

static struct platform_driver of_serial_driver = {
	.name = "of_serial",
	.of_match_table = of_serial_table,
	.probe = of_serial_probe,
};

static int __init serial8250_console_init(void)
{
	return platform_driver_register(&of_serial_driver);
}
console_initcall(serial8250_console_init);

static int __init serial8250_init(void)
{
	return tty_register_driver(&serial8250_driver);
}
device_initcall(serial8250_init);
