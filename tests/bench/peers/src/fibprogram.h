// The BPF program of fibwatch: for each notification of a route it notes, in maps that user space has mapped, when the route
// first came or went, and wakes the reader once, when the target is reached. Included by fibwatch.c only.
struct dirn {
  uint64_t events, uniq, first, last, target, reached, pad[2];
};
struct ctl {
  struct dirn n, d;
  uint64_t mask, val, v6, pad[13];
};                              // 64+64+128 bytes
struct ns {
  char name[64];
  int nl, cfd, nfd, dfd;
  volatile struct ctl *c;
  volatile uint64_t *tn, *td;
} N[MAXNS];
static int nn, bits = 18, sh4 = 0, sh6 = 0;
static int sysbpf(int cmd, union bpf_attr *a) {
  return syscall(__NR_bpf, cmd, a, sizeof *a);
}
static int mkmap(int vs, int n) {
  union bpf_attr a;
  memset(&a, 0, sizeof a);
  a.map_type = BPF_MAP_TYPE_ARRAY;
  a.key_size = 4;
  a.value_size = vs;
  a.max_entries = n;
  a.map_flags = BPF_F_MMAPABLE;
  int fd = sysbpf(BPF_MAP_CREATE, &a);
  if (fd < 0)
    die("map");
  return fd;
}

#define I(c,d,s,o,i) (struct bpf_insn){.code=(c),.dst_reg=(d),.src_reg=(s),.off=(o),.imm=(i)}
#define MOV(d,s) I(BPF_ALU64|BPF_MOV|BPF_X,d,s,0,0)
#define MOVI(d,i) I(BPF_ALU64|BPF_MOV|BPF_K,d,0,0,i)
#define ADDI(d,i) I(BPF_ALU64|BPF_ADD|BPF_K,d,0,0,i)
#define LD(sz,d,s,o) I(BPF_LDX|BPF_MEM|(sz),d,s,o,0)
#define ST(sz,d,s,o) I(BPF_STX|BPF_MEM|(sz),d,s,o,0)
#define CALL(f) I(BPF_JMP|BPF_CALL,0,0,0,f)
#define JMP(op,d,i,o) I(BPF_JMP|(op)|BPF_K,d,0,o,i)
#define JMPX(op,d,s,o) I(BPF_JMP|(op)|BPF_X,d,s,o,0)
enum { DROP = 1000, V4, HAVE, TOK, DELB, GOT, L1, L2, L3 };
static struct bpf_insn P[256];
static int pc;
static int lab[2000], fix[64][2], nfix;
static void E(struct bpf_insn i) {
  P[pc++] = i;
}
static void J(int op, int d, int imm, int l) {
  fix[nfix][0] = pc;
  fix[nfix++][1] = l;
  E(JMP(op, d, imm, 0));
}
static void JX(int op, int d, int s, int l) {
  fix[nfix][0] = pc;
  fix[nfix++][1] = l;
  E(JMPX(op, d, s, 0));
}
static void L(int l) {
  lab[l] = pc;
}
static void MAPFD(int d, int fd) {
  P[pc++] = I(BPF_LD | BPF_DW | BPF_IMM, d, BPF_PSEUDO_MAP_FD, 0, fd);
  P[pc++] = I(0, 0, 0, 0, 0);
}
static int mkprog(struct ns *s) {
  pc = nfix = 0;
  E(MOV(6, 1));
  E(MOVI(2, 0));
  E(MOV(3, 10));
  E(ADDI(3, -64));
  E(MOVI(4, 44));
  E(CALL(BPF_FUNC_skb_load_bytes));
  J(BPF_JNE, 0, 0, DROP);
  E(LD(BPF_H, 7, 10, -64 + 4));
  J(BPF_JEQ, 7, RTM_NEWROUTE, TOK);
  J(BPF_JNE, 7, RTM_DELROUTE, DROP);
  L(TOK);
  E(LD(BPF_B, 1, 10, -64 + 23));
  J(BPF_JNE, 1, RTN_UNREACHABLE, L2);
  E(MOVI(7, RTM_DELROUTE));
  L(L2);
  // control block -> r8
  E(I(BPF_ST | BPF_MEM | BPF_W, 10, 0, -8, 0));
  MAPFD(1, s->cfd);
  E(MOV(2, 10));
  E(ADDI(2, -8));
  E(CALL(BPF_FUNC_map_lookup_elem));
  J(BPF_JEQ, 0, 0, DROP);
  E(MOV(8, 0));
  E(LD(BPF_B, 1, 10, -64 + 16));
  J(BPF_JEQ, 1, AF_INET, V4);
  J(BPF_JNE, 1, AF_INET6, DROP);
  E(LD(BPF_W, 1, 10, -64 + 40));
  E(LD(BPF_DW, 2, 8, (int) offsetof(struct ctl, v6)));
  JX(BPF_JNE, 1, 2, DROP);
  E(MOV(1, 6));
  E(MOVI(2, 52));
  E(MOV(3, 10));
  E(ADDI(3, -64));
  E(MOVI(4, 4));
  E(CALL(BPF_FUNC_skb_load_bytes));
  J(BPF_JNE, 0, 0, DROP);
  E(LD(BPF_W, 9, 10, -64));
  E(I(BPF_ALU | BPF_END | BPF_TO_BE, 9, 0, 0, 32));
  E(I(BPF_ALU64 | BPF_RSH | BPF_K, 9, 0, 0, sh6));
  J(BPF_JA, 0, 0, HAVE);
  L(V4);
  E(LD(BPF_W, 9, 10, -64 + 40));
  E(MOV(1, 9));
  E(LD(BPF_DW, 2, 8, (int) offsetof(struct ctl, mask)));
  E(I(BPF_ALU64 | BPF_AND | BPF_X, 1, 2, 0, 0));
  E(LD(BPF_DW, 2, 8, (int) offsetof(struct ctl, val)));
  JX(BPF_JNE, 1, 2, DROP);
  E(I(BPF_ALU | BPF_END | BPF_TO_BE, 9, 0, 0, 32));
  E(I(BPF_ALU64 | BPF_RSH | BPF_K, 9, 0, 0, sh4));
  L(HAVE);
  E(I(BPF_ALU64 | BPF_AND | BPF_K, 9, 0, 0, (1 << bits) - 1));
  E(ST(BPF_W, 10, 9, -4));
  E(CALL(BPF_FUNC_ktime_get_ns));
  E(MOV(9, 0));
  J(BPF_JEQ, 7, RTM_DELROUTE, DELB);
  MAPFD(1, s->nfd);
  E(MOV(2, 10));
  E(ADDI(2, -4));
  E(CALL(BPF_FUNC_map_lookup_elem));
  J(BPF_JEQ, 0, 0, DROP);
  J(BPF_JA, 0, 0, GOT);
  L(DELB);
  MAPFD(1, s->dfd);
  E(MOV(2, 10));
  E(ADDI(2, -4));
  E(CALL(BPF_FUNC_map_lookup_elem));
  J(BPF_JEQ, 0, 0, DROP);
  E(ADDI(8, 64));
  L(GOT);                       // r0 = &ts, r8 = &dirn, r9 = time
  E(LD(BPF_DW, 1, 0, 0));
  E(ST(BPF_DW, 0, 9, 0));
  E(LD(BPF_DW, 2, 8, 0));
  E(ADDI(2, 1));
  E(ST(BPF_DW, 8, 2, 0));
  E(ST(BPF_DW, 8, 9, 24));
  E(LD(BPF_DW, 2, 8, 16));
  J(BPF_JNE, 2, 0, L1);
  E(ST(BPF_DW, 8, 9, 16));
  L(L1);
  J(BPF_JNE, 1, 0, DROP);
  E(LD(BPF_DW, 2, 8, 8));
  E(ADDI(2, 1));
  E(ST(BPF_DW, 8, 2, 8));
  E(LD(BPF_DW, 3, 8, 32));
  JX(BPF_JNE, 2, 3, DROP);
  E(ST(BPF_DW, 8, 9, 40));
  E(I(BPF_ALU | BPF_MOV | BPF_K, 0, 0, 0, -1));
  E(I(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
  L(DROP);
  E(MOVI(0, 0));
  E(I(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
  for (int i = 0; i < nfix; i++)
    P[fix[i][0]].off = lab[fix[i][1]] - fix[i][0] - 1;
  static char log[1 << 16];
  union bpf_attr a;
  memset(&a, 0, sizeof a);
  a.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
  a.insns = (uint64_t) (uintptr_t) P;
  a.insn_cnt = pc;
  a.license = (uint64_t) (uintptr_t) "GPL";
  a.log_buf = (uint64_t) (uintptr_t) log;
  a.log_size = sizeof log;
  a.log_level = 1;
  int fd = sysbpf(BPF_PROG_LOAD, &a);
  if (fd < 0) {
    fprintf(stderr, "%s\n", log);
    die("prog");
  }
  return fd;
}
