/* The composition root: the only file that names concrete adapters. */
#include <stdio.h>

int main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("tern");
    return 0;
}
