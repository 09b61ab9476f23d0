/* A stack machine that dispatches by function pointers: indirect calls. */
#include "guest.h"

enum { PUSH, ADD, MUL, DUP, SWAP, MASK, OPS };
static u64 stack[64];
static u32 top;
static u8 program[256];

static void op_push(void) { stack[top++] = top * 2654435761u; }
static void op_add(void) { top--; stack[top - 1] += stack[top]; }
static void op_mul(void) { top--; stack[top - 1] *= stack[top] | 1; }
static void op_dup(void) { stack[top] = stack[top - 1]; top++; }
static void op_swap(void) { u64 t = stack[top - 1]; stack[top - 1] = stack[top - 2]; stack[top - 2] = t; }
static void op_mask(void) { stack[top - 1] &= 0xffffffff; }
static void (*const ops[OPS])(void) = { op_push, op_add, op_mul, op_dup, op_swap, op_mask };

u64 main(void)
{
	u32 seed = 9, depth = 2;

	for (u32 i = 0; i < sizeof(program); i++) {
		u8 op = next_random(&seed) >> 20 & 7;

		op = op >= OPS ? MASK : op;
		if ((op == ADD || op == MUL) && depth <= 2)
			op = PUSH;
		if ((op == PUSH || op == DUP) && depth >= 60)
			op = ADD;
		depth += op == PUSH || op == DUP;
		depth -= op == ADD || op == MUL;
		program[i] = op;
	}
	for (int round = 0; round < 60000; round++) {
		u64 keep = stack[0];

		top = 2;
		stack[0] = keep + round;
		for (u32 i = 0; i < sizeof(program); i++)
			ops[program[i]]();
	}
	return stack[0];
}
