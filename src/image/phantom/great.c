#include "image/phantom/great.h"

const char *const ph_lobe_names[PH_LOBES] = {"RUL", "RML", "RLL", "LUL", "LLL"};

const ph_hilum ph_hila[PH_LOBES] = {
    {{-40, 12, -6}, {-36, 4, -22}, {-40, 24, -10}, 4.6F},
    {{-42, 16, -34}, {-34, 6, -36}, {-40, 20, -44}, 3.4F},
    {{-43, 27, -34}, {-32, 22, -50}, {-36, 31, -48}, 4.8F},
    {{45, 12, -8}, {36, 2, -24}, {47, 18, -26}, 4.4F},
    {{48, 33, -22}, {33, 24, -48}, {45, 34, -38}, 4.8F},
};

#define CURVE(...) static const float __VA_ARGS__[][4]

CURVE(trachea) = {{2, 2, 135, 8.8F}, {2, 6, 105, 8.8F}, {1, 12, 70, 8.6F},
                  {2, 19, 35, 8.6F}, {1, 25, 8, 8.8F},  {0, 27, 0, 8}};
CURVE(right_main) = {{-1, 27, 3, 7.4F}, {-14, 27, -9, 7}, {-25, 27, -18, 6.6F}};
CURVE(right_upper) = {
    {-22, 27, -14, 5}, {-33, 25, -13, 4.8F}, {-40, 24, -10, 4.6F}};
CURVE(intermediate) = {
    {-25, 27, -18, 6}, {-31, 28, -32, 5.4F}, {-36, 31, -48, 4.8F}};
CURVE(right_middle) = {{-32, 28, -35, 3.6F}, {-40, 20, -44, 3.4F}};
CURVE(left_main) = {{1, 27, 3, 7}, {18, 28, -10, 6.2F}, {34, 30, -22, 5.8F}};
CURVE(left_upper) = {
    {32, 29, -21, 5}, {40, 24, -24, 4.6F}, {47, 18, -26, 4.4F}};
CURVE(left_lower) = {
    {34, 30, -22, 5.2F}, {40, 33, -30, 5}, {45, 34, -38, 4.8F}};

CURVE(aorta) = {
    {4, -18, -48, 15},    {-6, -28, -28, 16},  {-14, -30, -4, 15.5F},
    {-13, -22, 18, 15},   {-1, -8, 32, 14.5F}, {13, 14, 35, 13.5F},
    {24, 36, 24, 13},     {28, 47, 2, 12.5F},  {27, 50, -40, 12},
    {24, 49, -90, 11.5F}, {17, 46, -140, 11},  {10, 44, -215, 10.5F}};
CURVE(brachiocephalic) = {
    {-6, -14, 36, 6}, {-13, -14, 60, 6}, {-24, -8, 90, 5}, {-30, 0, 130, 4}};
CURVE(left_carotid) = {{3, -2, 40, 4}, {9, -1, 70, 3.8F}, {18, 0, 130, 3.6F}};
CURVE(left_subclavian) = {{13, 12, 40, 4.8F},
                          {20, 14, 70, 4.6F},
                          {32, 12, 98, 4.4F},
                          {62, 2, 112, 4.2F}};
CURVE(vena_cava) = {{-27, -20, 62, 8.5F},
                    {-28, -17, 30, 9.5F},
                    {-27, -14, 0, 10},
                    {-27, -14, -40, 11}};
CURVE(left_brachial_vein) = {{-25, -24, 56, 7},
                             {2, -32, 52, 6},
                             {24, -26, 66, 6},
                             {30, -14, 92, 6},
                             {32, -2, 130, 5.5F}};
CURVE(right_brachial_vein) = {
    {-27, -20, 58, 7.5F}, {-32, -14, 84, 6.5F}, {-30, -4, 130, 6}};
CURVE(lower_cava) = {
    {-24, -4, -92, 12}, {-25, 8, -130, 11.5F}, {-22, 22, -215, 11}};
CURVE(pulmonary_trunk) = {{20, -40, -42, 13},
                          {20, -34, -22, 14},
                          {17, -18, -7, 13},
                          {14, -4, -7, 12}};
CURVE(right_pulmonary) = {{15, -6, -7, 11},
                          {-6, 4, -12, 10.5F},
                          {-26, 9, -14, 9.5F},
                          {-38, 13, -16, 8}};
CURVE(right_upper_artery) = {{-28, 9, -12, 6}, {-40, 12, -6, 5}};
CURVE(right_lower_artery) = {
    {-36, 12, -16, 7.5F}, {-42, 17, -28, 7}, {-43, 27, -34, 6.5F}};
CURVE(left_pulmonary) = {
    {17, -8, -6, 11}, {30, 8, 0, 10.5F}, {42, 22, -6, 9.5F}, {48, 33, -22, 7}};
CURVE(left_upper_artery) = {{38, 14, -4, 6}, {45, 12, -8, 5}};
CURVE(vein_right_upper) = {{-20, 6, -40, 7}, {-36, 4, -22, 5}};
CURVE(vein_right_middle) = {{-22, 8, -40, 5}, {-34, 6, -36, 3.5F}};
CURVE(vein_right_lower) = {{-18, 16, -46, 7}, {-32, 22, -50, 5.5F}};
CURVE(vein_left_upper) = {{22, 6, -38, 7}, {36, 2, -24, 5}};
CURVE(vein_left_lower) = {{20, 16, -44, 7}, {33, 24, -48, 5.5F}};
CURVE(azygos) = {{-24, -6, 14, 4.5F}, {-24, 16, 16, 4.2F},
                 {-14, 36, 4, 3.8F},  {-6, 44, -30, 3.4F},
                 {-3, 46, -120, 3},   {-2, 48, -215, 2.6F}};
CURVE(gullet) = {{4, 20, 135, 6.5F}, {6, 26, 90, 7},  {7, 32, 40, 7},
                 {4, 38, 0, 7},      {5, 39, -50, 7}, {9, 34, -100, 7.5F},
                 {16, 20, -125, 8},  {30, 2, -138, 9}};

typedef struct vessel {
    const float (*points)[4];
    size_t n;
    enum { BLOOD, ARTERIAL, AIR, AIR_LOBE, GULLET } what;
} vessel;

#define VESSEL(name, what)                                                     \
    {                                                                          \
        name, CS_COUNTOF(name), what                                           \
    }

static const vessel vessels[] = {
    VESSEL(gullet, GULLET),
    VESSEL(aorta, ARTERIAL),
    VESSEL(brachiocephalic, ARTERIAL),
    VESSEL(left_carotid, ARTERIAL),
    VESSEL(left_subclavian, ARTERIAL),
    VESSEL(vena_cava, BLOOD),
    VESSEL(left_brachial_vein, BLOOD),
    VESSEL(right_brachial_vein, BLOOD),
    VESSEL(lower_cava, BLOOD),
    VESSEL(azygos, BLOOD),
    VESSEL(pulmonary_trunk, BLOOD),
    VESSEL(right_pulmonary, BLOOD),
    VESSEL(right_upper_artery, BLOOD),
    VESSEL(right_lower_artery, BLOOD),
    VESSEL(left_pulmonary, BLOOD),
    VESSEL(left_upper_artery, BLOOD),
    VESSEL(vein_right_upper, BLOOD),
    VESSEL(vein_right_middle, BLOOD),
    VESSEL(vein_right_lower, BLOOD),
    VESSEL(vein_left_upper, BLOOD),
    VESSEL(vein_left_lower, BLOOD),
    VESSEL(trachea, AIR),
    VESSEL(right_main, AIR),
    VESSEL(left_main, AIR),
    VESSEL(right_upper, AIR_LOBE),
    VESSEL(intermediate, AIR_LOBE),
    VESSEL(right_middle, AIR_LOBE),
    VESSEL(left_upper, AIR_LOBE),
    VESSEL(left_lower, AIR_LOBE),
};

static ph_tube like(const ph_patient *p, const vessel *v)
{
    switch (v->what) {
    case AIR:
        return (ph_tube){.kind = PH_TRACHEA, .wall = 1.6F, .hu = -995};
    case AIR_LOBE:
        return (ph_tube){.kind = PH_BRONCHUS, .wall = 1.2F, .hu = -990};
    case GULLET:
        return (ph_tube){.kind = PH_TISSUE, .hu = 36};
    case ARTERIAL:
        return (ph_tube){.kind = PH_TISSUE, .hu = p->blood};
    case BLOOD:
    default:
        return (ph_tube){.kind = PH_TISSUE,
                         .hu = p->blood > 100 ? p->blood * 1.1F : p->blood};
    }
}

int ph_great_tubes(const ph_patient *p, ph_tubes *list)
{
    for (size_t i = 0; i < CS_COUNTOF(vessels); i++) {
        ph_tube t = like(p, &vessels[i]);
        int r = ph_tubes_curve(list, vessels[i].points, vessels[i].n, 5, &t);
        if (r < 0)
            return r;
    }
    return 0;
}
