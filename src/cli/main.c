#include <stdio.h>

int main(void)
{
    puts("consilium");
    return 0;
}
