"""`sarbench_hf`: a backend for any image-text-to-text model of Transformers."""
