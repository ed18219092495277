/* Plain matrices into the two forms that the table's gemm takes (table.h), for
 * the files matmul.c and attention.c alone. */
#ifndef CS_TENSOR_KERNELS_PACK_H
#define CS_TENSOR_KERNELS_PACK_H

#include <string.h>

#include "base/defs.h"
#include "tensor/kernels/table.h"

static inline size_t tk_up_8(size_t n)
{
    return (n + 7) / 8 * 8;
}

static inline size_t tk_up_16(size_t n)
{
    return (n + TK_PANEL - 1) / TK_PANEL * TK_PANEL;
}

/* Element (r, c) of a plain matrix is at data[r * row + c * col]. */
typedef struct tk_plain {
    const float *data;
    size_t row, col;
} tk_plain;

static inline const float *tk_plain_at(const tk_plain *p, size_t r, size_t c)
{
    return p->data + r * p->row + c * p->col;
}

/* to[cols/8][rows][8] = scale * x[rows][cols]; the last block is filled up
 * with zeros. */
static inline void tk_pack_blocks(const tk_plain *x, size_t rows, size_t cols,
                                  float scale, float *to)
{
    for (size_t c = 0; c < cols; c += 8) {
        size_t used = CS_MIN(cols - c, (size_t)8);
        for (size_t r = 0; r < rows; r++, to += 8) {
            const float *from = tk_plain_at(x, r, c);
            for (size_t l = 0; l < used; l++)
                to[l] = from[l * x->col] * scale;
            for (size_t l = used; l < 8; l++)
                to[l] = 0;
        }
    }
}

/* One panel: to[depth][16] from columns [first, …) of x[rows][cols]; rows up
 * to `depth` and columns beyond the last are zeros. */
static inline void tk_pack_panel(const tk_plain *x, size_t rows, size_t cols,
                                 size_t first, size_t depth, float *to)
{
    size_t used = CS_MIN(cols - first, (size_t)TK_PANEL);
    for (size_t r = 0; r < rows; r++) {
        const float *from = tk_plain_at(x, r, first);
        for (size_t l = 0; l < used; l++)
            to[r * TK_PANEL + l] = from[l * x->col];
        for (size_t l = used; l < TK_PANEL; l++)
            to[r * TK_PANEL + l] = 0;
    }
    memset(to + rows * TK_PANEL, 0, (depth - rows) * TK_PANEL * sizeof(float));
}

/* All panels: to[cols/16][depth][16]. */
static inline void tk_pack_panels(const tk_plain *x, size_t rows, size_t cols,
                                  size_t depth, float *to)
{
    for (size_t c = 0; c < cols; c += TK_PANEL, to += depth * TK_PANEL)
        tk_pack_panel(x, rows, cols, c, depth, to);
}

#endif
