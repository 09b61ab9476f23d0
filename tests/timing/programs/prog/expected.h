/* Checksums that the measured programs must give. */
#ifdef p_bigcode_c
#define EXPECTED 18062619693722676746ul
#endif
#ifdef p_bsearch_c
#define EXPECTED 14556735385060776563ul
#endif
#ifdef p_crc32_c
#define EXPECTED 1884397351ul
#endif
#ifdef p_divs_c
#define EXPECTED 16603596239209924415ul
#endif
#ifdef p_fib_c
#define EXPECTED 987015ul
#endif
#ifdef p_fir_c
#define EXPECTED 421087077ul
#endif
#ifdef p_hash_c
#define EXPECTED 10811122373688336286ul
#endif
#ifdef p_interp_c
#define EXPECTED 9543762291249753860ul
#endif
#ifdef p_list_c
#define EXPECTED 14939794029128745680ul
#endif
#ifdef p_mandel_c
#define EXPECTED 14040425592679482781ul
#endif
#ifdef p_matmul_f64_c
#define EXPECTED 117700427ul
#endif
#ifdef p_matmul_i32_c
#define EXPECTED 10365193391796796172ul
#endif
#ifdef p_nbody_c
#define EXPECTED 89801ul
#endif
#ifdef p_nqueens_c
#define EXPECTED 40004ul
#endif
#ifdef p_qsort_c
#define EXPECTED 4202982421184837912ul
#endif
#ifdef p_sha256_c
#define EXPECTED 15149378303153230161ul
#endif
#ifdef p_sieve_c
#define EXPECTED 2635815512682016313ul
#endif
#ifdef p_stream_c
#define EXPECTED 738107392ul
#endif
#ifdef p_strops_c
#define EXPECTED 7974086400736671138ul
#endif
