"""Two shards as Hugging Face's save_pretrained cut a model, and their index (made with PyTorch 1.13). Usage: make.py FOLDER"""
import json, sys, torch
out = sys.argv[1]
a = {"wte.weight": torch.arange(12, dtype=torch.float32).reshape(4, 3) / 8, "ln.bias": torch.tensor([1.5, -2.0, 0.25], dtype=torch.float16)}
b = {"h.0.weight": torch.arange(6, dtype=torch.float32).reshape(3, 2).t(), "steps": torch.tensor([7, -9])}
torch.save(a, f"{out}/pytorch_model-00001-of-00002.bin")
torch.save(b, f"{out}/pytorch_model-00002-of-00002.bin")
names = {k: f"pytorch_model-0000{1 + (k in b)}-of-00002.bin" for k in ("wte.weight", "h.0.weight", "ln.bias", "steps")}
json.dump({"metadata": {"total_size": 102}, "weight_map": names}, open(f"{out}/pytorch_model.bin.index.json", "w"), indent=1)
