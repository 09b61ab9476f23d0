/* Linked to every module: its struct module, and what kernel it was made for. */
#include <linux/module.h>

int init_module(void) __weak;
void cleanup_module(void) __weak;

MODULE_INFO(vermagic, VERMAGIC_STRING);
MODULE_INFO(name, KBUILD_MODNAME);

struct module __this_module __section(".gnu.linkonce.this_module") = {
	.name = KBUILD_MODNAME,
	.init = init_module,
	.exit = cleanup_module,
};
