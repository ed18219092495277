/* What every unit test includes: cmocka with its prerequisites. */
#ifndef CS_TESTS_SUPPORT_TEST_H
#define CS_TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
