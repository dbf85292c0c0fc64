"""Models ready to be trained."""

from engine.models.autoencoder import VAE, Autoencoder, gaussian_kl
from engine.models.cnn import CNN
from engine.models.gan import GAN
from engine.models.mlp import MLP
from engine.models.recurrent import RecurrentNet
from engine.models.transformer import Transformer

__all__ = ["CNN", "GAN", "MLP", "VAE", "Autoencoder", "RecurrentNet", "Transformer", "gaussian_kl"]
