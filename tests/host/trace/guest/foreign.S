# A kernel that is not ours: it boots by the path that Linux documents, at Linux's addresses, and knows nothing of hartbeat.
# Functions set up frames as C does. Tasks: 8 KiB each, the name at offset 24.
        .equ    SATP_SV39, 8 << 60
        .equ    LEAF, 0xcf              # D A X W R V
        .equ    USER_LEAF, 0xdf

        .macro  call_all names:vararg
        addi    sp, sp, -16
        sd      ra, 8(sp)
        sd      s0, 0(sp)
        addi    s0, sp, 16
        .irp    name, \names
        call    \name
        .endr
        ld      ra, 8(sp)
        ld      s0, 0(sp)
        addi    sp, sp, 16
        ret
        .endm

        .section .head.text, "ax"
        .globl  _start
_start: lla     sp, boot_stack_end
        lla     t0, root_table          # identity at 2 GiB, the same at the top of the address space
        li      t1, (0x80000000 >> 2) | LEAF
        sd      t1, 16(t0)
        li      t2, 510 * 8
        add     t2, t2, t0
        sd      t1, 0(t2)
        li      t1, (0x80000000 >> 2) | USER_LEAF
        sd      t1, 8(t0)               # and for user programs at 1 GiB
        srli    t0, t0, 12
        li      t1, SATP_SV39
        or      t0, t0, t1
        sfence.vma
        csrw    satp, t0
        ld      t1, upper
        jr      t1
        .balign 8
upper:  .dword  relocated

        .text
relocated:
        lla     tp, init_task
        lla     sp, boot_stack_end
        li      s0, 0
        call    start_kernel

        .globl  start_kernel, setup_arch, mm_init, sched_init, rest_init, kernel_init, kthreadd, kernel_thread
        .globl  run_init_process, start_thread, do_exit
start_kernel:
        call_all setup_arch, mm_init, sched_init, rest_init
setup_arch:
        call_all nothing
mm_init:
        call_all nothing
sched_init:
        call_all nothing
nothing:
        ret
rest_init:
        addi    sp, sp, -16
        sd      ra, 8(sp)
        sd      s0, 0(sp)
        addi    s0, sp, 16
        lla     a0, kernel_init
        call    kernel_thread
        lla     a0, kthreadd
        call    kernel_thread
        # Switches to the second task, which comes back once, and then to the first process for good.
        lla     tp, kthreadd_task
        call    kthreadd
        lla     tp, first_task
        lla     sp, first_stack_end
        li      s0, 0
        li      ra, 0
        j       kernel_init
kernel_thread:
        ret
kthreadd:
        ret
kernel_init:
        addi    sp, sp, -16
        sd      ra, 8(sp)
        sd      s0, 0(sp)
        addi    s0, sp, 16
        lla     a0, path
        call    run_init_process
        unimp
run_init_process:
        addi    sp, sp, -16
        sd      ra, 8(sp)
        sd      s0, 0(sp)
        addi    s0, sp, 16
        lla     t0, first_task          # exec gives the task its name
        li      t1, 0x74696e69
        sd      t1, 24(t0)
        lla     a1, program
        li      t0, 0x40000000          # the same page, where user mode may go
        slli    a1, a1, 34
        srli    a1, a1, 34
        or      a1, a1, t0
        call    start_thread
        unimp
start_thread:
        csrw    sscratch, tp
        csrw    sepc, a1
        li      t0, 0x120
        csrc    sstatus, t0
        lla     t0, trap
        csrw    stvec, t0
        sret
        .balign 4
trap:   csrrw   tp, sscratch, tp
        call    do_exit
do_exit:
        li      a7, 0x53525354          # SBI: system reset
        li      a6, 0
        li      a0, 0
        li      a1, 0
        ecall

        .balign 4
program:
        li      a7, 93
        ecall

        .data
path:   .asciz  "/init"
        .balign 4096
root_table:
        .zero   4096
init_task:
        .zero   24
        .asciz  "swapper/0"
        .balign 4096
kthreadd_task:
        .zero   4096
first_task:
        .zero   4096
        .zero   2048
first_stack_end:
        .zero   2048
boot_stack_end:
