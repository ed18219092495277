/* PyTorch's files of weights (.pth, .pt): a zip archive with a pickle that says
 * how tensors lie in the archive's other members. See pickle.h for what keeps
 * that safe.
 *
 * Understood: a state_dict, or a dictionary that holds one under state_dict,
 * model_state_dict, net or model beside anything harmless (epoch, loss,
 * history). Refused, each with its reason: a whole module, TorchScript, the
 * formats before PyTorch 1.6, big-endian files. */
#ifndef CS_WEIGHTS_PTH_H
#define CS_WEIGHTS_PTH_H

#include "weights/dict.h"
#include "weights/sink.h"

/* Tensors may share a storage; all of them together may be this many times as
 * large as their file. */
#define WT_PTH_SHARING_MAX 16

/* Adds nothing to *ret, which is empty, unless all of the file is right. The
 * tensors share `file` and have the strides they were saved with. */
int wt_pth_parse(tn_buffer *file, const char *name, wt_dict *ret,
                 cs_errinfo *info);

/* What torch.load(…, weights_only=True) opens as an OrderedDict. The same
 * dictionary gives the same bytes. Notes are not kept; PyTorch has no place
 * for them. CS_E_UNSUPPORTED for an element type that PyTorch lacks. */
int wt_pth_put(const wt_dict *d, wt_sink *to, cs_errinfo *info);

#endif
