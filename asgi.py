"""What the server runs: the application behind the gate that asks who is there."""

import streamlit as st
from starlette.middleware import Middleware

from emocare.ui import context
from emocare.ui.gate import Gate

app = st.App("streamlit_app.py", middleware=[Middleware(Gate, house=context.house)])
