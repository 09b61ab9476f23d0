/** Rows of the boot path that are not true yet. A row that has become true must leave this list. */
export const MISSING: readonly string[] = [
  "0 compressed image",
  "2 page_alloc_init",
  "6 mm_percpu_wq",
  "6 kswapd0",
  "7 allocation mask, set_mems_allowed",
  "7 init_mm_internals",
  "7 rcu_init_tasks_generic",
  "7 padata_init",
  "7 page_alloc_init_late, page_ext_init",
  "7 kunit_run_all_tests",
  "7 prepare_namespace",
  "7 integrity_load_keys, load_default_modules",
  "9 do_execve to search_binary_handler",
];
