"""What tests share: clients, servers, codecs and data of their own."""
