/* One list of scenarios for each part of the base. */
#ifndef CS_TESTS_ALLOC_SCENARIOS_H
#define CS_TESTS_ALLOC_SCENARIOS_H

#include "harness.h"

typedef struct scenario_list {
    const alloc_scenario *items;
    size_t len;
} scenario_list;

#define SCENARIO_LIST(a)                                                       \
    {                                                                          \
        (a), CS_COUNTOF(a)                                                     \
    }

extern const scenario_list scenarios_containers;
extern const scenario_list scenarios_files;
extern const scenario_list scenarios_documents;
extern const scenario_list scenarios_system;

#endif
