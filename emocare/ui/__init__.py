"""Streamlit pieces: context, frame, cards, forms, charts, player, theme and every sentence."""
