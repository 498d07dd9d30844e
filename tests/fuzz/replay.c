// SPDX-License-Identifier: MIT
// Runs files through a harness, without libFuzzer: what was found once stays a test in every build.
#include "fuzz.h"
#include <stdio.h>
#include <stdlib.h>

static int replay(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return perror(path), 1;
    enum { LONGEST = 1 << 20 };
    uint8_t *all = malloc(LONGEST);
    size_t size = all ? fread(all, 1, LONGEST, file) : 0;
    fclose(file);
    uint8_t *data = malloc(size ? size : 1); // of its exact size, for the sanitizers
    if (!all || !data) return fputs("not enough memory\n", stderr), 1;
    memcpy(data, all, size);
    free(all);
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

int main(int argc, char **argv) {
    int status = 0;
    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) status |= replay(argv[i]);
    return status;
}
