"""`sarbench_hf`: a backend for any image-text-to-text model of Transformers, driven by its processor's chat template."""
