"""Tiny Hugging Face checkpoints with random weights, and what they give.

The networks are written here from the papers' formulas in float64 with PyTorch's primitives (torch.nn.functional,
torch.nn.MultiheadAttention, torch.nn.TransformerEncoderLayer where these apply), under the parameter names and
layouts of Hugging Face's files. Nothing of Ijen's is used. Run: python3 make_reference.py OUT_FOLDER
"""
import json, math, os, struct, sys
import numpy as np, torch
F = torch.nn.functional
torch.set_grad_enabled(False)

def save(path, tensors):
    head, at, blobs = {}, 0, []
    for k, v in tensors.items():
        a = v.to(torch.float32).contiguous().numpy() if v.is_floating_point() else v.contiguous().numpy()
        b = a.tobytes()
        head[k] = {"dtype": {"float32": "F32", "int64": "I64", "int32": "I32"}[str(a.dtype)], "shape": list(a.shape), "data_offsets": [at, at + len(b)]}
        at += len(b); blobs.append(b)
    head["__metadata__"] = {"format": "pt"}
    j = json.dumps(head).encode(); j += b" " * (-len(j) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(j))); f.write(j); [f.write(b) for b in blobs]

def rnd(g, *shape, std=0.2):
    # weights are what float32 holds, sums are float64
    return (torch.randn(*shape, generator=g, dtype=torch.float32) * std)

def gpt2(folder):
    g = torch.Generator().manual_seed(7)
    V, P, C, H, L, I = 280, 24, 24, 3, 2, 56
    cfg = {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": V, "n_positions": P, "n_ctx": P, "n_embd": C, "n_head": H,
           "n_layer": L, "n_inner": I, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-3, "resid_pdrop": 0.1, "embd_pdrop": 0.1,
           "attn_pdrop": 0.1, "eos_token_id": 0, "bos_token_id": 0, "tie_word_embeddings": True}
    w = {"wte.weight": rnd(g, V, C), "wpe.weight": rnd(g, P, C)}
    for i in range(L):
        p = f"h.{i}."
        for n in ("ln_1", "ln_2"):
            w[p + n + ".weight"] = 1 + rnd(g, C); w[p + n + ".bias"] = rnd(g, C)
        w[p + "attn.bias"] = torch.tril(torch.ones(P, P)).view(1, 1, P, P)          # a buffer of old files: the mask
        w[p + "attn.c_attn.weight"] = rnd(g, C, 3 * C); w[p + "attn.c_attn.bias"] = rnd(g, 3 * C)   # Conv1D: [in, out]
        w[p + "attn.c_proj.weight"] = rnd(g, C, C); w[p + "attn.c_proj.bias"] = rnd(g, C)
        w[p + "mlp.c_fc.weight"] = rnd(g, C, I); w[p + "mlp.c_fc.bias"] = rnd(g, I)
        w[p + "mlp.c_proj.weight"] = rnd(g, I, C); w[p + "mlp.c_proj.bias"] = rnd(g, C)
    w["ln_f.weight"] = 1 + rnd(g, C); w["ln_f.bias"] = rnd(g, C)
    d = {k: v.double() for k, v in w.items()}
    ids = torch.randint(0, V, (2, 11), generator=g)
    eps = cfg["layer_norm_epsilon"]
    def forward(ids):
        x = d["wte.weight"][ids] + d["wpe.weight"][:ids.shape[1]]
        for i in range(L):
            p = f"h.{i}."
            n = F.layer_norm(x, (C,), d[p + "ln_1.weight"], d[p + "ln_1.bias"], eps)
            # torch.nn.MultiheadAttention, an implementation of its own, with the same weights
            mha = torch.nn.MultiheadAttention(C, H, batch_first=True, dtype=torch.float64)
            mha.in_proj_weight[:] = d[p + "attn.c_attn.weight"].T; mha.in_proj_bias[:] = d[p + "attn.c_attn.bias"]
            mha.out_proj.weight[:] = d[p + "attn.c_proj.weight"].T; mha.out_proj.bias[:] = d[p + "attn.c_proj.bias"]
            mask = torch.triu(torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool), 1)
            x = x + mha(n, n, n, attn_mask=mask, need_weights=False)[0]
            n = F.layer_norm(x, (C,), d[p + "ln_2.weight"], d[p + "ln_2.bias"], eps)
            u = n @ d[p + "mlp.c_fc.weight"] + d[p + "mlp.c_fc.bias"]
            u = 0.5 * u * (1 + torch.tanh(math.sqrt(2 / math.pi) * (u + 0.044715 * u ** 3)))   # Hendrycks and Gimpel's approximation
            x = x + u @ d[p + "mlp.c_proj.weight"] + d[p + "mlp.c_proj.bias"]
        x = F.layer_norm(x, (C,), d["ln_f.weight"], d["ln_f.bias"], eps)
        return x @ d["wte.weight"].T
    logits = forward(ids)
    row = ids[:1, :3]
    for _ in range(12):                                                          # the likeliest token, again and again
        row = torch.cat([row, forward(row)[:, -1:].argmax(-1)], 1)
    os.makedirs(folder, exist_ok=True)
    json.dump(cfg, open(folder + "/config.json", "w"), indent=1)
    save(folder + "/model.safetensors", w)
    save(folder + "/expected.safetensors", {"ids": ids.int(), "logits": logits, "greedy": row[0].int()})

def bert(folder):
    g = torch.Generator().manual_seed(11)
    V, P, C, H, L, I, T = 53, 20, 24, 4, 2, 40, 2
    cfg = {"architectures": ["BertForMaskedLM"], "model_type": "bert", "vocab_size": V, "max_position_embeddings": P, "hidden_size": C,
           "num_attention_heads": H, "num_hidden_layers": L, "intermediate_size": I, "type_vocab_size": T, "hidden_act": "gelu",
           "layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "pad_token_id": 0}
    w = {"bert.embeddings.word_embeddings.weight": rnd(g, V, C), "bert.embeddings.position_embeddings.weight": rnd(g, P, C),
         "bert.embeddings.token_type_embeddings.weight": rnd(g, T, C), "bert.embeddings.LayerNorm.weight": 1 + rnd(g, C),
         "bert.embeddings.LayerNorm.bias": rnd(g, C)}
    lin = lambda n, o, i: w.update({n + ".weight": rnd(g, o, i), n + ".bias": rnd(g, o)})
    norm = lambda n: w.update({n + ".weight": 1 + rnd(g, C), n + ".bias": rnd(g, C)})
    for i in range(L):
        p = f"bert.encoder.layer.{i}."
        for n in ("query", "key", "value"):
            lin(p + "attention.self." + n, C, C)
        lin(p + "attention.output.dense", C, C); norm(p + "attention.output.LayerNorm")
        lin(p + "intermediate.dense", I, C); lin(p + "output.dense", C, I); norm(p + "output.LayerNorm")
    lin("bert.pooler.dense", C, C)
    w["cls.predictions.bias"] = rnd(g, V)
    lin("cls.predictions.transform.dense", C, C); norm("cls.predictions.transform.LayerNorm")
    d = {k: v.double() for k, v in w.items()}
    ids = torch.randint(1, V, (3, 9), generator=g); types = torch.zeros(3, 9, dtype=torch.long); types[:, 5:] = 1
    lengths = torch.tensor([9, 6, 4])
    for r in range(3):
        ids[r, lengths[r]:] = 0
    e = "bert.embeddings."
    x = d[e + "word_embeddings.weight"][ids] + d[e + "position_embeddings.weight"][:9] + d[e + "token_type_embeddings.weight"][types]
    x = F.layer_norm(x, (C,), d[e + "LayerNorm.weight"], d[e + "LayerNorm.bias"], 1e-12)
    pad = torch.arange(9)[None] >= lengths[:, None]
    for i in range(L):
        p = f"bert.encoder.layer.{i}."
        # torch.nn.TransformerEncoderLayer, normalised behind, is the block of the paper
        t = torch.nn.TransformerEncoderLayer(C, H, I, dropout=0, activation="gelu", layer_norm_eps=1e-12, batch_first=True, norm_first=False, dtype=torch.float64).train()
        s = p + "attention.self."
        t.self_attn.in_proj_weight[:] = torch.cat([d[s + n + ".weight"] for n in ("query", "key", "value")])
        t.self_attn.in_proj_bias[:] = torch.cat([d[s + n + ".bias"] for n in ("query", "key", "value")])
        for a, b in ((t.self_attn.out_proj, "attention.output.dense"), (t.norm1, "attention.output.LayerNorm"), (t.linear1, "intermediate.dense"), (t.linear2, "output.dense"), (t.norm2, "output.LayerNorm")):
            a.weight[:] = d[p + b + ".weight"]; a.bias[:] = d[p + b + ".bias"]
        x = t(x, src_key_padding_mask=pad)
    pooled = torch.tanh(F.linear(x[:, 0], d["bert.pooler.dense.weight"], d["bert.pooler.dense.bias"]))
    h = F.gelu(F.linear(x, d["cls.predictions.transform.dense.weight"], d["cls.predictions.transform.dense.bias"]))
    h = F.layer_norm(h, (C,), d["cls.predictions.transform.LayerNorm.weight"], d["cls.predictions.transform.LayerNorm.bias"], 1e-12)
    logits = h @ d[e + "word_embeddings.weight"].T + d["cls.predictions.bias"]
    os.makedirs(folder, exist_ok=True)
    json.dump(cfg, open(folder + "/config.json", "w"), indent=1)
    # two shards and an index, as large models have
    names = list(w); half = len(names) // 2
    parts = [("model-00001-of-00002.safetensors", names[:half]), ("model-00002-of-00002.safetensors", names[half:])]
    for f, n in parts:
        save(folder + "/" + f, {k: w[k] for k in n})
    json.dump({"metadata": {"total_size": sum(v.numel() * 4 for v in w.values())}, "weight_map": {k: f for f, n in parts for k in n}}, open(folder + "/model.safetensors.index.json", "w"), indent=1)
    # positions beyond a length mean nothing
    keep = (~pad)[:, :, None]
    save(folder + "/expected.safetensors", {"ids": ids.int(), "types": types.int(), "lengths": lengths.int(), "hidden": x * keep, "pooled": pooled, "logits": logits * keep})

out = sys.argv[1]
gpt2(out + "/gpt2")
bert(out + "/bert")
