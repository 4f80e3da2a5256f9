"""The pages of allauth that collab opens, under their French addresses. None of them knows passwords."""

from allauth.account import views
from django.urls import path

urlpatterns = [
    path("inscription/", views.signup, name="account_signup"),
    path("connexion/", views.request_login_code, name="account_login"),
    # allauth asks for this page by either name.
    path("connexion/", views.request_login_code, name="account_request_login_code"),
    path("connexion/code/", views.confirm_login_code, name="account_confirm_login_code"),
    path("deconnexion/", views.logout, name="account_logout"),
    path("inactif/", views.account_inactive, name="account_inactive"),
    path("adresses/", views.email, name="account_email"),
    path("adresses/code/", views.email_verification_sent, name="account_email_verification_sent"),
]
